import { HttpProblem } from './http-problem.js';

/**
 * Parses JSON; the mark that Windows puts before a text is passed over, as readers may (RFC 8259, 8.1).
 * @throws HttpProblem `malformed-json`, which says where the parser stopped without repeating the body
 */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text);
  } catch (error) {
    const message = error instanceof Error ? error.message : '';
    throw new HttpProblem('malformed-json', `The body ${foreignNumber(text) ?? complaint(message)}.`);
  }
}

/** What programs write for numbers that are not finite (Python's `json` among them), and JSON does not have. */
function foreignNumber(text: string): string | null {
  // A string that does not end goes to the end: each character is looked at once, whatever the text.
  const outsideStrings = text.replace(/"(?:[^"\\]|\\[\s\S])*(?:"|\\?$)/g, '""');
  const [, name] = /[:[,]\s*([+-]?(?:NaN|Infinity))\s*[,}\]]/.exec(outsideStrings) ?? [];
  return name === undefined ? null : `is not JSON: that has no ${name}; a metric that is not finite is null`;
}

function complaint(message: string): string {
  if (/end of JSON/.test(message)) return 'ends too early to be JSON';
  const position = /position (\d+)/.exec(message)?.[1];
  return position === undefined ? 'is not JSON' : `is not JSON at position ${position}`;
}
