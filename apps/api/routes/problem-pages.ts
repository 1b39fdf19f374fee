import { OPERATIONS, PROBLEM_CODES, PROBLEMS, type ProblemCode, problemType } from '@caviar/contracts';
import type { FastifyInstance } from 'fastify';
import { HttpProblem } from '../http/http-problem.js';
import { route } from '../http/route.js';

/** The pages that the `type` of a problem leads to. */
export function problemPages(app: FastifyInstance): void {
  route(app, OPERATIONS.listProblems, async ({ reply }) => {
    const rows = PROBLEM_CODES.map(
      (code) =>
        `<dt><a href="${problemType(code)}">${code}</a> (${PROBLEMS[code].status})</dt><dd>${PROBLEMS[code].title}</dd>`,
    );
    return reply.type(HTML).send(page('Problems', `<dl>${rows.join('\n')}</dl>`));
  });

  route(app, OPERATIONS.getProblem, async ({ request, reply }) => {
    const { code } = request.params as { readonly code: string };
    if (!isProblemCode(code)) throw new HttpProblem('not-found', 'There is no problem of that code.');
    const { status, title, whatToDo } = PROBLEMS[code];
    const body = `<p>${title} (HTTP ${status}).</p><h2>What to do</h2><p>${markUp(whatToDo)}</p><p><a href="/problems">All problems</a></p>`;
    return reply.type(HTML).send(page(code, body));
  });
}

const HTML = 'text/html; charset=utf-8';

function isProblemCode(code: string): code is ProblemCode {
  return Object.hasOwn(PROBLEMS, code);
}

function page(title: string, body: string): string {
  return `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><link rel="icon" type="image/svg+xml" href="/icon.svg"><title>${title} · Caviar</title></head>\n<body><h1>${title}</h1>\n${body}\n</body></html>\n`;
}

/** Our own texts, whose only mark is \`code\`. */
function markUp(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll(/`([^`]+)`/g, '<code>$1</code>');
}
