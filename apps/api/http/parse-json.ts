import { HttpProblem } from './http-problem.js';

/** Parses JSON. @throws HttpProblem `malformed-json`, which says where the parser stopped without repeating the body */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new HttpProblem('malformed-json', `The body ${complaint(error instanceof Error ? error.message : '')}.`);
  }
}

function complaint(message: string): string {
  if (/end of JSON/.test(message)) return 'ends too early to be JSON';
  const position = /position (\d+)/.exec(message)?.[1];
  return position === undefined ? 'is not JSON' : `is not JSON at position ${position}`;
}
