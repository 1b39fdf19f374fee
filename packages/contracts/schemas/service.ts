import { z } from 'zod';

export const healthSchema = z
  .strictObject({ status: z.literal('ok') })
  .meta({ id: 'Health', description: 'The process is alive.', examples: [{ status: 'ok' }] });
export type HealthView = z.infer<typeof healthSchema>;

const checkSchema = z.enum(['ok', 'unavailable']);

export const readinessSchema = z
  .strictObject({
    status: checkSchema,
    checks: z.strictObject({ postgres: checkSchema, redis: checkSchema }),
  })
  .meta({
    id: 'Readiness',
    description: 'Whether everything the service needs answers.',
    examples: [{ status: 'ok', checks: { postgres: 'ok', redis: 'ok' } }],
  });
export type ReadinessView = z.infer<typeof readinessSchema>;

export const serviceSchema = z
  .strictObject({ name: z.literal('caviar'), version: z.string(), docs: z.string(), openapi: z.string() })
  .meta({
    id: 'Service',
    description: 'What this service is, and where to read on.',
    examples: [{ name: 'caviar', version: '0.1.0', docs: '/docs', openapi: '/openapi.json' }],
  });
export type ServiceView = z.infer<typeof serviceSchema>;
