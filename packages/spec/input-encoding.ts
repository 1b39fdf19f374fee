/** Categories of a column that have an input of their own, at most: the rarer ones share one. */
export const MAX_ONE_HOT = 64;

/**
 * What becomes of a column on its way into a network, learned on the training rows alone. `name` is the column's.
 * - `numeric`: one input; a missing value is `fill` (null: there must be none), and with `indicator` a second input is 1 for a
 *   missing value and 0 otherwise.
 * - `categorical`: an input per category, then one for all `other` categories, then one for a `missing` value, as far as the
 *   training rows had them: the one that holds is 1. A category without an input leaves all of them at 0.
 */
export type InputEncoding =
  | { readonly kind: 'numeric'; readonly name: string; readonly fill: number | null; readonly indicator: boolean }
  | {
      readonly kind: 'categorical';
      readonly name: string;
      readonly categories: readonly string[];
      readonly other: boolean;
      readonly missing: boolean;
    };
