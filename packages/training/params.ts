import type { DatasetInfo, Params, ParamValue, TrainerDescriptor } from '@caviar/spec';
import { findTrainer } from '@caviar/spec/plain';
import { TrainingInputError } from './job.js';

/** Checks params against the trainer's descriptor and fills in its defaults. Throws TrainingInputError. */
export function completeParams(descriptor: TrainerDescriptor, params: Params): Record<string, ParamValue> {
  const known = new Set(descriptor.parameters.map(({ name }) => name));
  for (const name of Object.keys(params)) {
    if (!known.has(name)) {
      throw new TrainingInputError(['params', name], `the trainer ${descriptor.kind} has no parameter "${name}"`);
    }
  }
  const complete: Record<string, ParamValue> = {};
  for (const parameter of descriptor.parameters) {
    const value = Object.hasOwn(params, parameter.name) ? params[parameter.name] : undefined;
    // Null is a value of its own: for gradientClip it means none, for most parameters nothing legal.
    const parsed = parameter.schema.safeParse(value === undefined ? parameter.default : value);
    if (!parsed.success) {
      const message = parsed.error.issues[0]?.message ?? 'is not a legal value';
      throw new TrainingInputError(['params', parameter.name], message);
    }
    complete[parameter.name] = parsed.data as ParamValue;
  }
  return complete;
}

/** Throws TrainingInputError for a legal value of the mlp trainer that makes no sense for the data set. */
export function refuseMisfit(dataset: DatasetInfo, name: string, value: ParamValue): void {
  const problem = findTrainer('mlp')?.misfit?.(name, value, dataset) ?? null;
  if (problem !== null) throw new TrainingInputError(['params', name], problem);
}
