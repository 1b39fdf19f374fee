export type {
  BoardOptions,
  CallOptions,
  Client,
  FollowedEvent,
  FollowOptions,
  PageOptions,
  TaggedBoard,
  WatchedBoard,
  WatchOptions,
} from './calls.js';
export { createClient } from './client.js';
export { everyItem, type PageOf } from './every-item.js';
export { ProblemError, UnreachableError } from './problem-error.js';
export type { TransportOptions } from './transport.js';
