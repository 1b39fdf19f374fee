/** What a hyperparameter may be: a JSON scalar, or a flat list of them. */
type Scalar = string | number | boolean | null;
export type ParamValue = Scalar | readonly Scalar[];

type When = Readonly<Record<string, readonly ParamValue[]>>;

interface FloatDomain {
  readonly kind: 'float';
  readonly min: number;
  readonly max: number;
  readonly scale?: 'linear' | 'log' | 'oneMinusLog';
  readonly step?: number;
  readonly when?: When;
}

interface IntDomain {
  readonly kind: 'int';
  readonly min: number;
  readonly max: number;
  readonly scale?: 'linear' | 'log';
  readonly step?: number;
  readonly when?: When;
}

interface CategoricalDomain {
  readonly kind: 'categorical';
  readonly choices: readonly ParamValue[];
  readonly when?: When;
}

/** The space of a search, as it is written down in code: its types are those of the values that are drawn. */
export type Space = Readonly<Record<string, FloatDomain | IntDomain | CategoricalDomain>>;

type ValueOf<Domain> = Domain extends { readonly choices: readonly (infer Choice)[] } ? Choice : number;

/** Params drawn from a space; one with a condition may be absent. */
export type ParamsOf<S extends Space> = {
  readonly [Name in keyof S]: S[Name] extends { readonly when: When } ? ValueOf<S[Name]> | undefined : ValueOf<S[Name]>;
};
