import { catalogOperations } from './catalog.js';
import { chartOperations } from './charts.js';
import { datasetOperations } from './datasets.js';
import { eventOperations } from './events.js';
import { externalOperations } from './external.js';
import { keyOperations } from './keys.js';
import { searchOperations } from './searches.js';
import { serviceOperations } from './service.js';
import { trialOperations } from './trials.js';
import { webhookOperations } from './webhooks.js';

/** Every call of the API by its operation id. */
export const OPERATIONS = {
  ...searchOperations,
  ...trialOperations,
  ...externalOperations,
  ...eventOperations,
  ...webhookOperations,
  ...chartOperations,
  ...catalogOperations,
  ...datasetOperations,
  ...keyOperations,
  ...serviceOperations,
} as const;

export type OperationId = keyof typeof OPERATIONS;
