import { z } from 'zod';
import { timeSchema } from './common.js';
import { exampleSearch } from './examples.js';

const eventSchema = z.enum(['search.completed', 'search.failed', 'trial.best']);

const urlSchema = z
  .string()
  .max(2000)
  .refine((text) => {
    if (!URL.canParse(text)) return false;
    const { protocol, username, password } = new URL(text);
    return (protocol === 'https:' || protocol === 'http:') && username === '' && password === '';
  }, 'must be an http or https URL without user name and password')
  .meta({ description: 'Where notices are posted. Private addresses are refused unless the operator allows them.' });

const exampleWebhook = {
  id: 'whk_01JBQ0T2M8',
  searchId: exampleSearch.id,
  url: 'https://hooks.example.com/caviar',
  events: ['search.completed' as const, 'search.failed' as const],
  status: 'active' as const,
  reason: null,
  failures: 0,
  createdAt: '2026-11-03T09:31:00.000Z',
};

export const newWebhookSchema = z
  .strictObject({
    url: urlSchema,
    events: z.array(eventSchema).min(1).max(3).default(['search.completed', 'search.failed', 'trial.best']).meta({
      description:
        '`trial.best`: a trial became the best one; of several at about the same time only the last is told.',
    }),
  })
  .meta({ id: 'NewWebhook', description: 'Whom to tell.', examples: [{ url: exampleWebhook.url }] });

export const webhookSchema = z
  .strictObject({
    id: z.string(),
    searchId: z.string(),
    url: z.string(),
    events: z.array(eventSchema),
    status: z.enum(['active', 'failed']).meta({
      description: '`failed` after 15 tries in a row, some four hours: nothing is sent any more.',
    }),
    reason: z.string().nullable().meta({ description: 'Why the last try failed.' }),
    failures: z.int().min(0).meta({ description: 'Tries in a row that failed.' }),
    createdAt: timeSchema,
  })
  .meta({ id: 'Webhook', description: 'Somebody who is told of a search.', examples: [exampleWebhook] });
export type WebhookView = z.infer<typeof webhookSchema>;

export const createdWebhookSchema = z
  .strictObject({
    ...webhookSchema.shape,
    secret: z.string().meta({ description: 'Notices are signed with it; it is shown this once.' }),
  })
  .meta({
    id: 'CreatedWebhook',
    description: 'A new webhook.',
    examples: [{ ...exampleWebhook, secret: 'whsec_n2Jx0sZk1b6c9Qe4Tq7Vw3Ym5Rp8Lh0Gd2Fa6Ks4Uo' }],
  });
export type CreatedWebhookView = z.infer<typeof createdWebhookSchema>;

export const webhookListSchema = z
  .strictObject({ items: z.array(webhookSchema) })
  .meta({ id: 'Webhooks', description: 'All webhooks of a search, oldest first.' });
export type WebhookListView = z.infer<typeof webhookListSchema>;
