import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { PROBLEMS, type Problem, type ProblemCode, problemType } from '@caviar/contracts';

/** What Node says of a connection whose bytes are no request, and what that is to the caller. */
const CODES: Readonly<Record<string, ProblemCode>> = {
  HPE_HEADER_OVERFLOW: 'headers-too-large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request-timeout',
};

/** Answers what never became a request; there is no reply object yet, only the socket. */
export function answerBadConnections(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) {
    socket.destroy();
    return;
  }
  const code = CODES[error.code ?? ''] ?? 'bad-request';
  const { status, title, whatToDo } = PROBLEMS[code];
  const requestId = `req_${randomBytes(9).toString('base64url')}`;
  const problem: Problem = { type: problemType(code), title, status, detail: whatToDo, instance: '/', code, requestId };
  const body = JSON.stringify(problem);
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_TEXTS[status] ?? 'Bad Request'}\r\nContent-Type: application/problem+json; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nX-Request-Id: ${requestId}\r\nConnection: close\r\n\r\n${body}`,
  );
}

const STATUS_TEXTS: Readonly<Record<number, string>> = {
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
};
