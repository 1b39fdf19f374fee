import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

const require = createRequire(import.meta.url);

/** The pages in the browser. */
export interface Pages {
  /** Whether a request is a browser's that wants a page, and not a program's. */
  isWanted(request: FastifyRequest): boolean;
  /** Sends the page; which one it shows is decided in the browser, by the address. */
  send(reply: FastifyReply): FastifyReply;
}

/** Addresses that the pages have. Everything else stays what it was: an unknown path is a problem, never a page. */
const ADDRESSES = ['/searches', '/searches/*', '/trials/*', '/workers', '/datasets', '/datasets/*'];

/** What the page may load: its own files, and answers of this service. Styles in text are forbidden, and so are scripts. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "font-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Folder of the built pages; null where they are not built. */
export function builtPages(): string | null {
  const manifest = require.resolve('@caviar/web/package.json');
  const folder = join(dirname(manifest), 'dist');
  return existsSync(join(folder, 'index.html')) ? folder : null;
}

/** Serves the pages from a folder: files by names that change with what is in them, and the one document for every address. */
export async function servePages(app: FastifyInstance, folder: string): Promise<Pages> {
  await app.register(fastifyStatic, { root: folder, serve: false, preCompressed: true });
  const send = (reply: FastifyReply) =>
    reply
      .header('Content-Security-Policy', POLICY)
      .header('Vary', 'Accept, Accept-Encoding')
      .sendFile('index.html', { cacheControl: false })
      .header('Cache-Control', 'no-cache');
  for (const url of ADDRESSES) app.get(url, async (_request, reply) => send(reply));
  app.get<{ Params: { '*': string } }>('/assets/*', async ({ params }, reply) =>
    reply.sendFile(`assets/${params['*']}`, { maxAge: '1y', immutable: true }),
  );
  app.get('/icon.svg', async (_request, reply) => reply.sendFile('icon.svg', { maxAge: '1h' }));
  return { isWanted: ({ headers }) => prefersHtml(headers.accept), send };
}

/** Browsers name text/html first; programs name JSON, or anything. */
function prefersHtml(accept: string | undefined): boolean {
  const [first = ''] = (accept ?? '').split(',', 1);
  return first.trim().startsWith('text/html');
}
