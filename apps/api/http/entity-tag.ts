import { createHash } from 'node:crypto';
import type { PageQuery } from '@caviar/orchestrator';

/**
 * The strong entity tag of a page of a leaderboard: `"VERSION-PAGE"`. All that a board shows changes with its version,
 * except what part of it is asked for; that is PAGE.
 */
export function boardTag(version: number, page: PageQuery): string {
  return `"${version}-${pageKey(page)}"`;
}

function pageKey({ limit, cursor }: PageQuery): string {
  if (cursor === undefined) return String(limit);
  return `${limit}.${createHash('sha256').update(cursor).digest('base64url').slice(0, 12)}`;
}

/** The header `If-None-Match`, by the weak comparison that RFC 9110 (13.1.2) asks for: proxies that compress weaken tags. */
export function noneMatch(header: string | undefined): (tag: string) => boolean {
  if (header === undefined) return () => false;
  if (header.trim() === '*') return () => true;
  const tags = new Set([...header.matchAll(/(?:W\/)?("[^"]*")/g)].map(([, tag]) => tag));
  return (tag) => tags.has(tag);
}
