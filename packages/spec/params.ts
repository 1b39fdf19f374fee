import { z } from 'zod';

/** One value of a hyperparameter: a JSON scalar, or a flat list of scalars (one entry per layer, for example). */
export type ParamScalar = string | number | boolean | null;
export type ParamValue = ParamScalar | readonly ParamScalar[];

/** The hyperparameters of one trial, by name. Inactive conditional parameters are absent. */
export type Params = Readonly<Record<string, ParamValue>>;

export const paramScalarSchema = z.union([z.string().max(1000), z.number(), z.boolean(), z.null()]);

export const paramValueSchema: z.ZodType<ParamValue> = z.union([
  paramScalarSchema,
  z.array(paramScalarSchema).max(1000).readonly(),
]);

export const parameterNameSchema = z.string().min(1).max(100);

/**
 * Whether two values are the same hyperparameter value; lists compare element by element. 0 and -0 are the same, as they
 * are in stored JSON.
 */
export function sameParamValue(a: ParamValue, b: ParamValue): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((x, i) => x === b[i]);
  return a === b;
}
