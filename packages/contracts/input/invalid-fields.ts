import { anyOf, typeName } from '@caviar/spec';
import type { z } from 'zod';
import { jsonPointer } from './json-pointer.js';

/** One thing that is wrong with a request. */
export interface InvalidField {
  /** JSON pointer into the body, or into the query string or the headers taken as an object. */
  readonly pointer: string;
  /** Name of the query parameter or header; absent for the body. */
  readonly parameter?: string | undefined;
  readonly message: string;
}

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** The issues of a failed parse as pointers and messages, one for every key that is wrong. */
export function invalidFields(issues: readonly Issue[], prefix: Path = []): InvalidField[] {
  const fields = issues.flatMap((issue) => fieldsOf(issue, [...prefix, ...issue.path]));
  // Two checks may say the same of one value, as the bounds of an integer do.
  return [...new Map(fields.map((field) => [JSON.stringify(field), field])).values()];
}

function fieldsOf(issue: Issue, path: Path): InvalidField[] {
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({ pointer: jsonPointer([...path, key]), message: issue.message }));
    case 'invalid_key': {
      const reason = issue.issues[0]?.message ?? issue.message;
      return [{ pointer: jsonPointer(path), message: `the name ${reason}` }];
    }
    case 'invalid_union':
      return issue.errors.length === 0
        ? [{ pointer: jsonPointer(path), message: issue.message }]
        : unionFields(issue.errors, issue.message, path);
    default:
      return [{ pointer: jsonPointer(path), message: issue.message }];
  }
}

/** Of a union only the branch is told that the value was meant for: the one whose type it has, with the fewest issues. */
function unionFields(branches: readonly (readonly Issue[])[], message: string, path: Path): InvalidField[] {
  if (message !== PLAIN_UNION_MESSAGE) return [{ pointer: jsonPointer(path), message }];
  const meant = branches.filter(hasTheType).sort((a, b) => a.length - b.length)[0];
  if (meant !== undefined) return invalidFields(meant, path);
  const types = [...new Set(branches.flatMap(expectedTypes))];
  return [{ pointer: jsonPointer(path), message: types.length === 0 ? message : `must be ${anyOf(types)}` }];
}

/** What `issueMessage` says of a union for which its schema has no words of its own. */
const PLAIN_UNION_MESSAGE = 'is not valid';

function hasTheType(branch: readonly Issue[]): boolean {
  return !branch.some(
    (issue) =>
      issue.path.length === 0 &&
      (issue.code === 'invalid_type' ||
        issue.code === 'invalid_value' ||
        (issue.code === 'invalid_union' && !issue.errors.some(hasTheType))),
  );
}

function expectedTypes(branch: readonly Issue[]): string[] {
  return branch.flatMap((issue) => {
    if (issue.code === 'invalid_type') return [typeName(issue.expected)];
    if (issue.code === 'invalid_value') return issue.values.map((value) => JSON.stringify(value));
    return issue.code === 'invalid_union' ? issue.errors.flatMap(expectedTypes) : [];
  });
}
