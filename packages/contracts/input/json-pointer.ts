/** A path of keys as a JSON pointer (RFC 6901): `['space', 'a/b']` is `/space/a~1b`; the empty path is the whole document. */
export function jsonPointer(path: readonly PropertyKey[]): string {
  return path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
