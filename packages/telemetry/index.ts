export { createLogger, LOG_LEVELS, type Logger, type LoggerOptions, type LogLevel } from './logger.js';
export { createMetrics, type Labels, type MetricOptions, type Metrics, type Sample } from './metrics.js';
export { redactUrls } from './redact-urls.js';
