import type { Domain, Params, SearchSpace, SpecIssue } from '@caviar/spec';
import { compileSpace, isActive } from './compile-space.js';

/** What keeps params from being a point of the space, by parameter; empty when nothing does (`contains` agrees). */
export function checkParams(space: SearchSpace, params: Params): SpecIssue[] {
  const { parameters } = compileSpace(space);
  const values = parameters.map(({ name }) => (Object.hasOwn(params, name) ? params[name] : undefined));
  const issues: SpecIssue[] = Object.keys(params)
    .filter((name) => !Object.hasOwn(space, name))
    .map((name) => ({ path: [name], message: `the space has no parameter "${name}"` }));
  parameters.forEach((parameter, i) => {
    const { name, domain, unit } = parameter;
    const value = values[i];
    if (!isActive(parameter, values)) {
      if (value !== undefined) issues.push({ path: [name], message: `exists only ${conditionOf(domain)}` });
    } else if (value === undefined) issues.push({ path: [name], message: 'is needed' });
    else if (!unit.contains(value)) issues.push({ path: [name], message: `must be ${legalValues(domain)}` });
  });
  return issues;
}

function conditionOf({ when = {} }: Domain): string {
  const conditions = Object.entries(when).map(([name, values]) => `${name} is ${values.map(shown).join(' or ')}`);
  return `where ${conditions.join(' and ')}`;
}

function legalValues(domain: Domain): string {
  if (domain.kind === 'categorical') return `one of ${domain.choices.map(shown).join(', ')}`;
  const numbers = domain.kind === 'int' ? 'a whole number' : 'a number';
  const steps = domain.step === undefined ? '' : ` in steps of ${domain.step}`;
  return `${numbers} from ${domain.min} to ${domain.max}${steps}`;
}

function shown(value: unknown): string {
  return JSON.stringify(value);
}
