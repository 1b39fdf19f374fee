import { createHmac } from 'node:crypto';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP } from 'node:net';
import type { DueWebhook, Notice, SendNotice } from '@caviar/orchestrator';
import { isPublicAddress, PrivateAddressError, publicLookup } from './public-address.js';

export interface SendOptions {
  /** Private addresses are told too: for a trusted network, and for tests. */
  readonly allowPrivate: boolean;
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 10_000;

/** Posts notices, signed. Redirects are not followed, and of an answer only the status is looked at. */
export function createNoticeSender({ allowPrivate, timeoutMs = TIMEOUT_MS }: SendOptions): SendNotice {
  return (webhook, notice, at) => {
    const url = new URL(webhook.url);
    const host = url.hostname.replace(/^\[|\]$/g, '');
    // A connection to an address that is written out looks nothing up.
    if (!allowPrivate && isIP(host) !== 0 && !isPublicAddress(host))
      return Promise.resolve(`${host} is not a public address`);
    const body = bodyOf(webhook, notice);
    return new Promise((resolve) => {
      const send = url.protocol === 'https:' ? requestHttps : requestHttp;
      const request = send(
        url,
        {
          method: 'POST',
          agent: false,
          headers: {
            'content-type': 'application/json',
            'content-length': Buffer.byteLength(body),
            'user-agent': 'Caviar-Webhook/1',
            'caviar-event': notice.event,
            'caviar-delivery': `${webhook.id}:${notice.seq}`,
            'caviar-signature': signature(webhook.secret, body, Math.floor(at.getTime() / 1000)),
          },
          signal: AbortSignal.timeout(timeoutMs),
          ...(allowPrivate ? {} : { lookup: publicLookup }),
        },
        (response) => {
          const status = response.statusCode ?? 0;
          response.destroy();
          resolve(status >= 200 && status < 300 ? null : `it answered ${status}`);
        },
      );
      request.on('error', (error: NodeJS.ErrnoException) => resolve(reasonOf(error, timeoutMs)));
      request.end(body);
    });
  };
}

/** `t=SECONDS,v1=HEX`: HMAC-SHA256 of `SECONDS.BODY`, so that an old notice cannot be passed off as a new one. */
export function signature(secret: string, body: string, seconds: number): string {
  return `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`;
}

function bodyOf({ searchId }: DueWebhook, { event, at, reason, trial }: Notice): string {
  const told = trial === null ? null : { id: trial.id, number: trial.number, value: trial.value, params: trial.params };
  return JSON.stringify({ event, searchId, at: at.toISOString(), reason, trial: told });
}

function reasonOf(error: NodeJS.ErrnoException, timeoutMs: number): string {
  if (error instanceof PrivateAddressError) return error.message;
  if (error.name === 'AbortError' || error.name === 'TimeoutError') return `it did not answer within ${timeoutMs} ms`;
  return `it cannot be reached${error.code === undefined ? '' : ` (${error.code})`}`;
}
