import { type Client, createClient, UnreachableError } from '@caviar/client';

export type Connection = 'connecting' | 'live' | 'lost';

const KEY = 'caviar-api-key';

let connection: Connection = 'connecting';
const listeners = new Set<() => void>();

export function connectionState(): Connection {
  return connection;
}

export function onConnection(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function setConnection(next: Connection): void {
  if (next === connection) return;
  connection = next;
  for (const listener of listeners) listener();
}

let wasRefused = false;
let onRefused = () => {
  wasRefused = true;
};

/** Whom to tell that the service does not know the key, or wants one. */
export function whenRefused(tell: () => void): void {
  onRefused = tell;
  if (wasRefused) tell();
  wasRefused = false;
}

/** Every request says whether the service is there, and whether it lets us in. */
const watchedFetch: typeof fetch = async (input, init) => {
  try {
    const response = await fetch(input, init);
    setConnection(response.status === 502 || response.status === 503 ? 'lost' : 'live');
    if (response.status === 401) onRefused();
    return response;
  } catch (error) {
    if (init?.signal?.aborted !== true) setConnection('lost');
    throw error;
  }
};

function build(): Client {
  const apiKey = sessionStorage.getItem(KEY) ?? undefined;
  return createClient({ baseUrl: location.origin, apiKey, fetch: watchedFetch });
}

let client = build();

/** The client of this service, with the key that was given, if any. */
export function api(): Client {
  return client;
}

/** Keeps a key until the tab is closed. */
export function signIn(key: string): void {
  sessionStorage.setItem(KEY, key);
  client = build();
}

export function signOut(): void {
  sessionStorage.removeItem(KEY);
  client = build();
}

export function hasKey(): boolean {
  return sessionStorage.getItem(KEY) !== null;
}

export function isAway(error: unknown): boolean {
  return error instanceof UnreachableError;
}
