import type { ApiKey } from '@caviar/spec';
import type { Page, PageQuery } from './page.js';

export interface NewApiKey extends Pick<ApiKey, 'id' | 'name' | 'role' | 'project'> {
  /** SHA-256 of the key, in hex. */
  readonly digest: string;
}

/** Keys of the API, and who owns what. */
export interface KeyStore {
  create(key: NewApiKey): Promise<ApiKey>;
  /** The key of a digest unless it is revoked; notes now and then that it was used. */
  findUsable(digest: string): Promise<ApiKey | null>;
  /** Newest first, revoked ones too. */
  list(query: PageQuery): Promise<Page<ApiKey>>;
  /** Revokes it, once and for all; null when there is none of that id. */
  revoke(id: string): Promise<ApiKey | null>;
  /** What a project has running: searches, and the trials they may have in flight together. */
  usage(project: string): Promise<{ readonly searches: number; readonly trialsInFlight: number }>;
  /** The project that a search belongs to; null when there is none of that id. */
  projectOfSearch(searchId: string): Promise<string | null>;
  /** The project of a trial's search; null when there is none of that id. */
  projectOfTrial(trialId: string): Promise<string | null>;
}
