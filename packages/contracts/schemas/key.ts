import { keyRoleSchema, projectSchema } from '@caviar/spec';
import { z } from 'zod';
import { pageSchema, timeSchema } from './common.js';

const exampleKey = {
  id: 'key_01k3v9h7m2x8q4t6w0z5c1d3f7',
  name: 'nightly runs',
  role: 'submit' as const,
  project: 'vision',
  createdAt: '2026-11-23T12:00:00.000Z',
  lastUsedAt: null,
  revokedAt: null,
};

export const createKeyBodySchema = z
  .strictObject({
    name: z.string().min(1).max(200).meta({ description: 'For people: who or what uses it.' }),
    role: keyRoleSchema.default('submit').meta({
      description:
        '`read` looks, `submit` also makes and changes searches, `admin` also manages keys and sees all projects.',
    }),
    project: projectSchema
      .default('default')
      .meta({ description: 'Its searches belong to it; others do not see them.' }),
  })
  .meta({ id: 'NewKey', description: 'A key to be made.', examples: [{ name: 'nightly runs', project: 'vision' }] });

export type CreateKeyBody = z.input<typeof createKeyBodySchema>;

export const apiKeySchema = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    role: keyRoleSchema,
    project: z.string(),
    createdAt: timeSchema,
    lastUsedAt: timeSchema.nullable().meta({ description: 'To the minute.' }),
    revokedAt: timeSchema.nullable(),
  })
  .meta({ id: 'ApiKey', description: 'A key, without the key itself.', examples: [exampleKey] });
export type ApiKeyView = z.infer<typeof apiKeySchema>;

export const createdKeySchema = z
  .strictObject({
    ...apiKeySchema.shape,
    key: z.string().meta({ description: 'The key itself: shown this once, and kept nowhere.' }),
  })
  .meta({
    id: 'CreatedKey',
    description: 'A new key.',
    examples: [{ ...exampleKey, key: 'cav_n2Jx0sZk1b6c9Qe4Tq7Vw3Ym5Rp8Lh0Gd2Fa6Ks4Uo' }],
  });
export type CreatedKeyView = z.infer<typeof createdKeySchema>;

export const keyPageSchema = pageSchema(apiKeySchema, 'KeyPage');
export type KeyPageView = z.infer<typeof keyPageSchema>;
