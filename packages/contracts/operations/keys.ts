import { apiKeySchema, createdKeySchema, createKeyBodySchema, keyPageSchema } from '../schemas/key.js';
import { pageQuerySchema } from '../schemas/parameters.js';
import { operation } from './operation.js';

const tag = 'Keys';

export const keyOperations = {
  createKey: operation({
    method: 'POST',
    path: '/v1/keys',
    tag,
    role: 'admin',
    summary: 'Make an API key',
    description: 'The answer holds the only copy of the key: Caviar keeps a digest.',
    body: createKeyBodySchema,
    responses: { 201: { description: 'The new key.', schema: createdKeySchema } },
    problems: [],
  }),
  listKeys: operation({
    method: 'GET',
    path: '/v1/keys',
    tag,
    role: 'admin',
    summary: 'List API keys, newest first',
    description: 'Revoked ones too; those of CAVIAR_API_KEYS are not among them.',
    query: pageQuerySchema,
    responses: { 200: { description: 'A page of keys.', schema: keyPageSchema } },
    problems: ['invalid-cursor'],
  }),
  revokeKey: operation({
    method: 'DELETE',
    path: '/v1/keys/{id}',
    tag,
    role: 'admin',
    summary: 'Revoke an API key',
    description: 'For good, within seconds on every instance. Revoking a revoked key changes nothing.',
    responses: { 200: { description: 'The key as it is now.', schema: apiKeySchema } },
    problems: ['key-not-found'],
  }),
} as const;
