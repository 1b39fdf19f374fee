import type { SearchView, TrialView } from '@caviar/contracts';

type Spec = Pick<SearchView['spec'], 'objective' | 'objectives' | 'constraints'>;

export interface Ranked {
  readonly rank: number;
  readonly number: number;
  readonly value: number | null;
  readonly status: string;
}

/** The leaderboard as its definition says, by comparing everything with everything. */
export function rankNaively(spec: Spec, trials: readonly TrialView[]): Ranked[] {
  const entries = trials
    .filter(({ status }) => ['completed', 'pruned', 'infeasible'].includes(status))
    .map((trial) => ({ trial, ...standing(spec, trial) }));
  const { objectives } = spec;
  const show = (trial: TrialView, rank: number): Ranked => {
    const { number, value, status } = trial;
    return { rank, number, value, status };
  };
  if (objectives === undefined) {
    return entries
      .sort((a, b) => a.tier - b.tier || compare(a.costs[0]!, b.costs[0]!) || a.trial.number - b.trial.number)
      .map(({ trial }, i) => show(trial, i + 1));
  }
  const ranked: Ranked[] = [];
  let left = entries;
  for (let rank = 1; left.length > 0; rank++) {
    const isBeaten = (one: (typeof entries)[number]) => left.some((other) => beats(other, one));
    const front = left.filter((one) => !isBeaten(one)).sort((a, b) => a.trial.number - b.trial.number);
    ranked.push(...front.map(({ trial }) => show(trial, rank)));
    left = left.filter((one) => !front.includes(one));
  }
  return ranked;
}

interface Standing {
  /** 0 for those that keep all bounds, then by how much they break them, then those without a result. */
  readonly tier: number;
  readonly costs: readonly number[];
}

function standing({ objective, objectives = [objective], constraints = [] }: Spec, trial: TrialView): Standing {
  const { metrics, status } = trial;
  const none = { tier: Number.POSITIVE_INFINITY, costs: objectives.map(() => Number.POSITIVE_INFINITY) };
  if (status === 'infeasible') return none;
  const costs = objectives.map(({ metric, direction }) => {
    const value = metrics[metric] ?? null;
    return value === null ? Number.POSITIVE_INFINITY : direction === 'maximize' ? -value : value;
  });
  let tier = 0;
  for (const { metric, max = 0 } of constraints) {
    const value = metrics[metric] ?? null;
    if (value === null) tier += 1e300;
    else if (value > max) tier += (value - max) / max;
  }
  if (tier === 0 && costs.includes(Number.POSITIVE_INFINITY)) return none;
  return { tier, costs };
}

function beats(a: Standing, b: Standing): boolean {
  if (a.tier !== b.tier) return a.tier < b.tier;
  return a.costs.every((cost, m) => cost <= b.costs[m]!) && a.costs.some((cost, m) => cost < b.costs[m]!);
}

function compare(a: number, b: number): number {
  return a === b ? 0 : a - b;
}
