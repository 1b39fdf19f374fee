import { z } from 'zod';

/** What a key may do; each may also do what those before it may. `admin` sees every project and manages keys. */
export const KEY_ROLES = ['read', 'submit', 'admin'] as const;
export const keyRoleSchema = z.enum(KEY_ROLES);
export type KeyRole = (typeof KEY_ROLES)[number];

/** The project of searches that were created without a key, or with one of the settings'. */
export const DEFAULT_PROJECT = 'default';

export const projectSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be 1 to 63 of a-z, 0-9 and -, and begin with a letter or digit');

/** A key as it is listed. The key itself is shown once, when it is made. */
export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly role: KeyRole;
  readonly project: string;
  readonly createdAt: Date;
  /** To the minute or so; null until it is used. */
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
}

/** Whether a role may do what another is needed for. */
export function permits(role: KeyRole, needed: KeyRole): boolean {
  return KEY_ROLES.indexOf(role) >= KEY_ROLES.indexOf(needed);
}
