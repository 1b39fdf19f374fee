import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { OPERATIONS } from '@caviar/contracts';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { GUIDE_CSS } from '../guide/guide-css.js';
import { GUIDE_PAGES } from '../guide/pages.js';
import { GUIDE_PATH, isServed, renderPage } from '../guide/render-page.js';
import { HttpProblem } from '../http/http-problem.js';
import { route } from '../http/route.js';

const TYPES: Readonly<Record<string, string>> = {
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.json': 'application/json; charset=utf-8',
};

/** Pages load their own style sheet and pictures, and nothing else. */
const CSP =
  "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The folder `docs` of the checkout or image that this code lies in, however deep. */
export function findDocs(from = dirname(fileURLToPath(import.meta.url))): string | null {
  for (let folder = from; ; folder = dirname(folder)) {
    const docs = join(folder, 'docs');
    if (existsSync(join(docs, 'guide'))) return docs;
    if (dirname(folder) === folder) return null;
  }
}

/** The documents as pages to read in a browser: each is rendered when it is first asked for. */
export function serveGuide(app: FastifyInstance, docs = findDocs()): void {
  const rendered = new Map<string, Promise<string>>();
  const read = (path: string) => (docs === null ? Promise.reject(noGuide()) : readFile(join(docs, path)));
  const show = async (reply: FastifyReply, name: string) => {
    const page = GUIDE_PAGES.find((each) => each.name === name);
    if (page === undefined) throw new HttpProblem('not-found', 'The guide has no page of that name.');
    let html = rendered.get(name);
    if (html === undefined) {
      html = read(page.file).then((text) => renderPage(page, text.toString('utf8')));
      rendered.set(name, html);
      html.catch(() => rendered.delete(name)); // what could not be read now may be there later
    }
    return reply
      .header('content-security-policy', CSP)
      .header('cache-control', 'public, max-age=60')
      .type('text/html; charset=utf-8')
      .send(await html);
  };

  route(app, OPERATIONS.getGuide, ({ reply }) => show(reply, GUIDE_PAGES[0]!.name));
  route(app, OPERATIONS.getGuidePage, ({ id, reply }) => show(reply, id));
  app.get(`${GUIDE_PATH}/guide.css`, async (_request, reply) =>
    reply.header('cache-control', 'public, max-age=3600').type('text/css; charset=utf-8').send(GUIDE_CSS),
  );
  app.get(`${GUIDE_PATH}/files/*`, async (request, reply) => {
    const { '*': path } = request.params as { readonly '*': string };
    if (!isServed(path)) throw noFile();
    const file = await read(path).catch(() => {
      throw noFile();
    });
    return reply.type(TYPES[extname(path)] ?? 'text/plain; charset=utf-8').send(file);
  });
}

const noGuide = () => new HttpProblem('not-found', 'This installation has no folder docs to make the guide from.');
const noFile = () => new HttpProblem('not-found', 'The guide has no file of that name.');
