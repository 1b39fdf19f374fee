import { InputError } from './errors.js';

/** A text without the mark of its encoding, which editors and shells of Windows put before it. */
export function withoutMark(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}

/** Why a file cannot be read, in words. */
export function unreadable(
  path: string,
  { code, message }: Pick<NodeJS.ErrnoException, 'code' | 'message'>,
): InputError {
  if (code === 'ENOENT') return new InputError(`there is no file ${path}`);
  if (code === 'EISDIR') return new InputError(`${path} is a folder, not a file`);
  if (code === 'EACCES') return new InputError(`${path} may not be read by you`);
  return new InputError(`${path}: ${message}`);
}
