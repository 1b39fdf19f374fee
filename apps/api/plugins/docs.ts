import { OPERATIONS, openApiDocument } from '@caviar/contracts';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { VERSION } from '../version.js';

/** The OpenAPI document and a page to read it and try calls on; both work offline. */
export async function serveDocs(app: FastifyInstance): Promise<void> {
  const document = openApiDocument(VERSION);
  const text = JSON.stringify(document);
  app.get(OPERATIONS.getOpenApi.path, async (_request, reply) => reply.type('application/json').send(text));
  await app.register(swagger, { mode: 'static', specification: { document: document as never } });
  await app.register(swaggerUi, {
    routePrefix: OPERATIONS.getDocs.path,
    uiConfig: { docExpansion: 'list', deepLinking: true, tryItOutEnabled: true, persistAuthorization: true },
    theme: { title: 'Caviar API' },
    // The page loads its own files only; it sets style attributes on its own elements.
    staticCSP: {
      'default-src': ["'self'"],
      'script-src': ["'self'"],
      'style-src': ["'self'", "'unsafe-inline'"],
      'img-src': ["'self'", 'data:'],
      'object-src': ["'none'"],
      'base-uri': ["'self'"],
      'frame-ancestors': ["'none'"],
    },
  });
}
