import type { Search } from '@caviar/spec';

/** A name that any system and header takes: `digits-mlp_srch_01JB.csv`. */
export function exportFileName({ name, id }: Pick<Search, 'name' | 'id'>, extension: string): string {
  const slug = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 50)
    .replace(/^-+|-+$/g, '');
  return `${slug === '' ? 'search' : slug}_${id}.${extension}`;
}
