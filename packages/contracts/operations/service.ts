import { healthSchema, readinessSchema, serviceSchema } from '../schemas/service.js';
import { operation } from './operation.js';

const tag = 'Service';

export const serviceOperations = {
  getService: operation({
    method: 'GET',
    path: '/',
    tag,
    summary: 'What this service is',
    description: 'To a browser, which asks for text/html first: the dashboard.',
    responses: { 200: { description: 'Name, version, and where to read on.', schema: serviceSchema } },
    problems: [],
  }),
  getHealth: operation({
    method: 'GET',
    path: '/healthz',
    tag,
    summary: 'Whether the process is alive',
    responses: { 200: { description: 'It is.', schema: healthSchema } },
    problems: [],
  }),
  getReadiness: operation({
    method: 'GET',
    path: '/readyz',
    tag,
    summary: 'Whether Postgres and Redis answer',
    responses: {
      200: { description: 'Both do.', schema: readinessSchema },
      503: {
        description: 'One does not.',
        schema: readinessSchema,
        headers: { 'Retry-After': 'Seconds to wait before asking again.' },
      },
    },
    problems: [],
  }),
  getMetrics: operation({
    method: 'GET',
    path: '/metrics',
    tag,
    summary: 'Metrics for Prometheus',
    responses: { 200: { description: 'Text exposition format.', contentTypes: ['text/plain'] } },
    problems: [],
  }),
  getOpenApi: operation({
    method: 'GET',
    path: '/openapi.json',
    tag,
    summary: 'This document',
    responses: { 200: { description: 'OpenAPI 3.1.', contentTypes: ['application/json'] } },
    problems: [],
  }),
  getDocs: operation({
    method: 'GET',
    path: '/docs',
    tag,
    summary: 'This document as a page to try calls on',
    responses: { 200: { description: 'HTML.', contentTypes: ['text/html'] } },
    problems: [],
  }),
  getGuide: operation({
    method: 'GET',
    path: '/docs/guide',
    tag,
    summary: 'The guide: its first page',
    responses: { 200: { description: 'HTML.', contentTypes: ['text/html'] } },
    problems: ['not-found'],
  }),
  getGuidePage: operation({
    method: 'GET',
    path: '/docs/guide/{id}',
    tag,
    summary: 'A page of the guide',
    responses: { 200: { description: 'HTML.', contentTypes: ['text/html'] } },
    problems: ['not-found'],
  }),
  listProblems: operation({
    method: 'GET',
    path: '/problems',
    tag,
    summary: 'Every problem code',
    responses: { 200: { description: 'HTML.', contentTypes: ['text/html'] } },
    problems: [],
  }),
  getProblem: operation({
    method: 'GET',
    path: '/problems/{code}',
    tag,
    summary: 'What a problem code means, and what to do',
    responses: { 200: { description: 'HTML.', contentTypes: ['text/html'] } },
    problems: ['not-found'],
  }),
} as const;
