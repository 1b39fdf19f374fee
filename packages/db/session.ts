import { isPooled } from './kept-statements.js';

/** As it stands in a session's options, where blanks and quotes would need more; `$user` means something of its own there. */
const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,62}$/;

/** The Postgres schema that has our tables: the parameter that Prisma has for it, and its default. */
export function schemaOf(url: string): string {
  return new URL(url).searchParams.get('schema') || 'public';
}

/** What is wrong with the schema that a URL names; undefined when nothing is, and for what is no URL, which is told by others. */
export function schemaProblem(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const schema = schemaOf(url);
  if (!NAME.test(schema)) return 'schema must be a name of letters, digits and _, which begins with no digit';
  if (schema === 'public' || !isPooled(url)) return undefined;
  return 'schema cannot be chosen where pgbouncer=true, since sessions are not ours: use public, or a database of its own';
}

/**
 * How a session begins. Where our tables are is said whenever the session is ours: a role's or a database's own `search_path`, and a
 * schema that is named like the user, would lead some statements elsewhere. Options in the URL hold beside it, those of PGOPTIONS do not.
 */
export function sessionOf(url: string): { readonly connectionString: string; readonly options?: string } {
  if (isPooled(url)) return { connectionString: url };
  const bare = new URL(url);
  const theirs = bare.searchParams.get('options');
  bare.searchParams.delete('options'); // it would win over those beside the URL
  return {
    connectionString: theirs === null ? url : bare.toString(),
    options: `${theirs ?? ''} -c search_path="${schemaOf(url)}"`.trim(),
  };
}
