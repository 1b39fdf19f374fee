import cors from '@fastify/cors';
import type { FastifyInstance } from 'fastify';

/** Headers of answers that pages may read, beside those that browsers always show them. */
const EXPOSED = ['ETag', 'Location', 'Retry-After', 'X-Request-Id', 'WWW-Authenticate'];
/** Seconds for which a browser need not ask again whether it may. */
const MAX_AGE_S = 600;

/** Lets pages of other origins call the API: those that are named, and none by default. Keys are sent by hand, so no cookies. */
export async function allowOrigins(app: FastifyInstance, origins: readonly string[]): Promise<void> {
  if (origins.length === 0) return;
  await app.register(cors, {
    origin: [...origins],
    methods: ['GET', 'HEAD', 'POST', 'PATCH', 'DELETE'],
    exposedHeaders: EXPOSED,
    maxAge: MAX_AGE_S,
  });
}
