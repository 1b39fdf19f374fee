import { type Stream, stream } from '@caviar/numerics';
import type { Dataset, Split } from '@caviar/spec';
import { TrainingInputError } from '../job.js';

const PARTS = ['train', 'dev', 'test'] as const;

/** Rows of one group, counted by class. */
interface Group {
  readonly rows: readonly number[];
  readonly counts: Float64Array;
}

/**
 * Shares whole groups out, so that no group is in two parts, and every class comes as near to the ratios as whole groups let
 * it: the largest groups first, in random order among equals, each to the part that lacks most of what it brings. Throws
 * TrainingInputError for fewer groups than parts, and for a class that lies in too few of them.
 */
export function splitGroups(dataset: Dataset, split: Split, seed: number): Record<(typeof PARTS)[number], number[]> {
  const wanted = PARTS.filter((part) => split[part] > 0);
  const classes = dataset.info.task === 'classification' ? (dataset.info.classes ?? 1) : 1;
  const groups = gatherGroups(dataset, classes);
  refuseTooFew(dataset, { groups, wanted, classes });
  const totals = new Float64Array(classes);
  for (const { counts } of groups) add(totals, counts);

  const result: Record<(typeof PARTS)[number], number[]> = { train: [], dev: [], test: [] };
  const have = wanted.map(() => new Float64Array(classes));
  for (const { rows, counts } of inOrder(groups, stream(seed, 'split', 'groups'))) {
    // What a part is short of, as a share of the class, weighed by what the group brings of it.
    const shortage = wanted.map((part, p) =>
      counts.reduce((sum, n, c) => {
        if (n === 0) return sum;
        const target = totals[c]! * split[part];
        return sum + (n / totals[c]!) * ((target - have[p]![c]!) / target);
      }, 0),
    );
    const best = shortage.indexOf(Math.max(...shortage));
    add(have[best]!, counts);
    const part = result[wanted[best]!];
    for (const row of rows) part.push(row);
  }
  const bare = totals.findIndex((_, c) => have.some((counts) => counts[c] === 0));
  if (bare >= 0) throw refusal(dataset, bare, 'cannot be shared out by whole groups so that every part has some of it');
  return result;
}

function gatherGroups({ info, targets, groups: numbers }: Dataset, classes: number): Group[] {
  const groups: { rows: number[]; counts: Float64Array }[] = [];
  for (let row = 0; row < info.rows; row++) {
    const number = numbers![row]!;
    groups[number] ??= { rows: [], counts: new Float64Array(classes) };
    groups[number].rows.push(row);
    groups[number].counts[info.task === 'classification' ? targets[row]! : 0]!++;
  }
  // Numbers of groups that the test part alone has leave holes.
  return groups.filter((group) => group !== undefined);
}

function add(to: Float64Array, counts: Float64Array): void {
  for (let c = 0; c < to.length; c++) to[c] = to[c]! + counts[c]!;
}

function inOrder(groups: readonly Group[], random: Stream): Group[] {
  const order = Int32Array.from(groups, (_, i) => i);
  random.shuffle(order);
  return [...order].map((i) => groups[i]!).sort((a, b) => b.rows.length - a.rows.length);
}

function refuseTooFew(
  dataset: Dataset,
  {
    groups,
    wanted,
    classes,
  }: { readonly groups: readonly Group[]; readonly wanted: readonly string[]; readonly classes: number },
): void {
  const parts = wanted.length === 3 ? 'train, dev and test' : 'train and dev';
  if (groups.length < wanted.length) {
    const message = `there are ${groups.length} groups, too few for one in each of ${parts}`;
    throw new TrainingInputError(['trainer', 'split'], message);
  }
  for (let c = 0; c < classes; c++) {
    const count = groups.filter(({ counts }) => counts[c]! > 0).length;
    if (count >= wanted.length) continue;
    throw refusal(dataset, c, `lies in ${count} group${count === 1 ? '' : 's'}, too few for one in each of ${parts}`);
  }
}

function refusal({ info }: Dataset, c: number, problem: string): TrainingInputError {
  const name = info.task === 'classification' ? `class "${info.classNames?.[c] ?? c}"` : 'the data set';
  return new TrainingInputError(['trainer', 'split'], `${name} ${problem}`);
}
