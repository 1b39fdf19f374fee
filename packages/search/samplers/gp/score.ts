/** A score of some predictions, with its slopes by the mean and by the deviation of each. */
export interface Score {
  readonly value: number;
  readonly slopes: readonly { readonly dMean: number; readonly dDeviation: number }[];
}
