/** Something wrong with a spec: where (path of keys) and what. */
export interface SpecIssue {
  readonly path: readonly (string | number)[];
  readonly message: string;
}
