import type { DatasetInfo } from './dataset.js';
import type { Objective, SearchSpecInput } from './search-spec.js';
import type { SpecIssue } from './spec-issue.js';
import type { TrainerDescriptor } from './trainer.js';

/** What decides which metrics there are. */
interface Reporting {
  readonly trainer: TrainerDescriptor;
  readonly dataset: DatasetInfo | null;
}

export function checkObjectives(spec: SearchSpecInput, context: Reporting): SpecIssue[] {
  const named = namedObjectives(spec);
  if (named.length < 2) return checkObjective(named[0]?.one, context, ['objective']);
  const issues = named.flatMap(({ one, path }) => checkObjective(one, context, path));
  named.forEach(({ one, path }, i) => {
    if (named.findIndex((other) => other.one.metric === one.metric) < i) {
      issues.push({ path: [...path, 'metric'], message: 'is an objective already' });
    }
  });
  const { objective, objectives, stop } = spec;
  if (objectives !== undefined && objective !== undefined) {
    const [first] = objectives;
    const isFirst = isOne(objective) && objective.metric === first?.metric && objective.direction === first.direction;
    if (!isFirst) issues.push({ path: ['objective'], message: 'must be the first of objectives, or be left out' });
  }
  if (stop.targetValue !== undefined) {
    issues.push({ path: ['stop', 'targetValue'], message: 'needs a search with one objective' });
  }
  return issues;
}

export function checkConstraints({ constraints = [] }: SearchSpecInput, context: Reporting): SpecIssue[] {
  return constraints.flatMap(({ metric }, i) => checkMetric(metric, context, ['constraints', i, 'metric']));
}

function checkObjective(
  objective: Objective | undefined,
  context: Reporting,
  path: readonly (string | number)[],
): SpecIssue[] {
  if (objective !== undefined) return checkMetric(objective.metric, context, [...path, 'metric']);
  const { trainer } = context;
  if (trainer.defaultObjective('classification') !== null) return [];
  return [{ path: ['objective'], message: `is needed: the trainer ${trainer.kind} reports what your code reports` }];
}

/** A network reports errors of classes or of amounts, by what its data set holds. */
function checkMetric(metric: string, { trainer, dataset }: Reporting, path: (string | number)[]): SpecIssue[] {
  if (trainer.isOpen) return [];
  const reported = trainer.metrics.filter(({ task }) => task === undefined || !dataset || task === dataset.task);
  if (reported.some(({ name }) => name === metric)) return [];
  const isOther = trainer.metrics.some(({ name }) => name === metric);
  const where = isOther ? ` for ${dataset?.id}, whose task is ${dataset?.task}` : '';
  const names = reported.map(({ name }) => name).join(', ');
  return [{ path, message: `the trainer ${trainer.kind} reports no metric "${metric}"${where}; it reports ${names}` }];
}

/** All objectives that a caller named, with where they stand; empty for none. */
export function namedObjectives({ objective, objectives }: ObjectiveInput) {
  if (objectives !== undefined) return objectives.map((one, i) => ({ one, path: ['objectives', i] }));
  if (objective === undefined) return [];
  return isOne(objective)
    ? [{ one: objective, path: ['objective'] }]
    : objective.map((one, i) => ({ one, path: ['objective', i] }));
}

type ObjectiveInput = Pick<SearchSpecInput, 'objective' | 'objectives'>;

function isOne(objective: NonNullable<ObjectiveInput['objective']>): objective is Objective {
  return !Array.isArray(objective);
}
