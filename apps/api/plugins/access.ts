import { createHash, timingSafeEqual } from 'node:crypto';
import type { Orchestrator } from '@caviar/orchestrator';
import { type ApiKey, DEFAULT_PROJECT, type KeyRole, permits } from '@caviar/spec';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { HttpProblem } from '../http/http-problem.js';
import { isLoopback } from '../loopback.js';
import { checkOwner } from './ownership.js';

/** Who a request comes from. */
export interface Principal {
  /** Null for a key of the settings, and for this machine without a key. */
  readonly keyId: string | null;
  /** Of the key, for logs of who did what. */
  readonly name: string;
  readonly role: KeyRole;
  /** Project of what it makes, and of what it sees; an admin sees all. */
  readonly project: string;
}

/** Finds out who a request comes from; throws the problem when it may not go on. */
export type AccessCheck = (request: FastifyRequest) => Promise<Principal>;

/** What the check stands on. */
export interface AccessOptions {
  /** Keys of the settings: admins. Without any, this machine is an admin too. */
  readonly apiKeys: readonly string[];
  readonly findKey: Orchestrator['findKey'];
  /** Origins elsewhere whose pages may call, with a key or without. */
  readonly corsOrigins: readonly string[];
}

const ADMIN: Principal = { keyId: null, name: 'operator', role: 'admin', project: DEFAULT_PROJECT };

/** With a key, it decides; without one, only this machine is served, and only where the settings have no keys. */
export function accessCheck({ apiKeys, findKey, corsOrigins }: AccessOptions): AccessCheck {
  const isOfSettings = knownKeys(apiKeys);
  const stored = remember(findKey);
  return async (request) => {
    const { authorization } = request.headers;
    if (authorization === undefined && apiKeys.length === 0) {
      requireLocal(request, corsOrigins);
      return ADMIN;
    }
    const [, key] = /^Bearer +(\S+) *$/i.exec(authorization ?? '') ?? [];
    if (key !== undefined) {
      if (isOfSettings(key)) return ADMIN;
      const found = await stored(key);
      if (found !== null) return { keyId: found.id, name: found.name, role: found.role, project: found.project };
    }
    const isWrong = authorization !== undefined;
    throw new HttpProblem('unauthorized', isWrong ? 'The API key is not valid.' : 'The API key is missing.', {
      headers: { 'WWW-Authenticate': `Bearer realm="caviar"${isWrong ? ', error="invalid_token"' : ''}` },
    });
  };
}

/** Puts the check before every route of a scope: the key, its role, and whose search or trial it is. */
export function guard(scope: FastifyInstance, check: AccessCheck, orchestrator: Orchestrator): void {
  scope.decorateRequest('principal', null as never);
  const owns = checkOwner(orchestrator);
  scope.addHook('onRequest', async (request) => {
    request.principal = await check(request);
    const { role: needed } = request.routeOptions.config;
    if (needed !== undefined && !permits(request.principal.role, needed)) {
      const detail = `The key has the role ${request.principal.role}; this call needs ${needed}.`;
      throw new HttpProblem('role-too-low', detail);
    }
    await owns(request);
  });
}

function knownKeys(apiKeys: readonly string[]): (key: string) => boolean {
  // Digests have one length, and comparing all of them takes the same time whichever matches, or none.
  const digests = apiKeys.map(digest);
  return (key) => {
    const given = digest(key);
    return digests.filter((known) => timingSafeEqual(known, given)).length > 0;
  };
}

function digest(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

/** How long a key is believed without asking again: a revoked one works no longer than that. */
const REMEMBER_MS = 5_000;
const REMEMBERED = 1_000;

/** Remembers who a key belongs to, by its digest. */
function remember(findKey: AccessOptions['findKey']): (key: string) => Promise<ApiKey | null> {
  const known = new Map<string, { readonly found: ApiKey | null; readonly until: number }>();
  return async (key) => {
    const name = digest(key).toString('base64');
    const entry = known.get(name);
    if (entry !== undefined && entry.until > performance.now()) return entry.found;
    const found = await findKey(key);
    known.delete(name);
    const [oldest] = known.keys();
    if (known.size >= REMEMBERED && oldest !== undefined) known.delete(oldest);
    known.set(name, { found, until: performance.now() + REMEMBER_MS });
    return found;
  };
}

/**
 * Without keys the service listens on loopback, but a browser on the same machine can still be sent here by any web site:
 * by a name that resolves to 127.0.0.1 (DNS rebinding), or by a form. Neither comes with our name and our origin.
 */
function requireLocal({ headers, method }: FastifyRequest, corsOrigins: readonly string[]): void {
  const host = headers.host?.replace(/:\d+$/, '') ?? 'localhost';
  if (!isLoopback(host)) {
    throw new HttpProblem('forbidden', 'Without API keys the service answers to loopback names only.');
  }
  if (method === 'GET' || method === 'HEAD') return;
  const { origin } = headers;
  if (origin !== undefined && corsOrigins.includes(origin)) return;
  // Older browsers tell the origin alone.
  const isElsewhere = headers['sec-fetch-site'] === 'cross-site' || (origin !== undefined && !isLocalOrigin(origin));
  if (!isElsewhere) return;
  throw new HttpProblem('forbidden', 'Without API keys the service takes nothing from other web sites.');
}

/** Whether a page came from this machine. The origin `null` of a sandboxed frame did not, for all that is known. */
function isLocalOrigin(origin: string): boolean {
  return URL.canParse(origin) && isLoopback(new URL(origin).hostname);
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Who it comes from; set below /v1. */
    principal: Principal;
  }
  interface FastifyContextConfig {
    /** The role that the call needs. */
    role?: KeyRole;
  }
}
