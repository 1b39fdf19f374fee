import { z } from 'zod';
import { parameterNameSchema, paramValueSchema, sameParamValue } from './params.js';

/** Parameters a space may have at most. */
export const MAX_PARAMETERS = 200;

/** Smallest step of a float range relative to its larger bound: 2^-44, some hundred times the spacing of doubles. */
const MIN_RELATIVE_STEP = 256 * Number.EPSILON;

/** `linear`: uniform in x; `log`: uniform in log x (seed 3.2, learning rates); `oneMinusLog`: uniform in log(1 - x) (seed 3.2, betas). */
export const scaleSchema = z.enum(['linear', 'log', 'oneMinusLog']);
export type Scale = z.infer<typeof scaleSchema>;

/** A parameter exists only where every named parent has one of the listed values. */
export const whenSchema = z
  .record(parameterNameSchema, z.array(paramValueSchema).min(1).max(1000))
  .refine((when) => Object.keys(when).length > 0, 'name at least one parameter');
export type When = z.infer<typeof whenSchema>;

const floatDomainSchema = z
  .strictObject({
    kind: z.literal('float'),
    min: z.number(),
    max: z.number(),
    scale: scaleSchema.default('linear'),
    step: z.number().positive().optional(),
    when: whenSchema.optional(),
  })
  .superRefine((domain, ctx) => {
    checkBounds(domain, ctx);
    if (domain.scale === 'oneMinusLog' && domain.max >= 1) {
      ctx.addIssue({ code: 'custom', path: ['max'], message: 'must be below 1 on the scale oneMinusLog' });
    }
  });

const intDomainSchema = z
  .strictObject({
    kind: z.literal('int'),
    min: z.int(),
    max: z.int(),
    scale: z.enum(['linear', 'log']).default('linear'),
    step: z.int().positive().optional(),
    when: whenSchema.optional(),
  })
  .superRefine(checkBounds);

const categoricalDomainSchema = z
  .strictObject({
    kind: z.literal('categorical'),
    choices: z.array(paramValueSchema).min(1).max(1000),
    when: whenSchema.optional(),
  })
  .superRefine(({ choices }, ctx) => {
    choices.forEach((choice, i) => {
      if (choices.slice(0, i).some((earlier) => sameParamValue(earlier, choice))) {
        ctx.addIssue({ code: 'custom', path: ['choices', i], message: 'is listed twice' });
      }
    });
  });

function checkBounds(
  domain: {
    readonly kind: string;
    readonly min: number;
    readonly max: number;
    readonly scale: Scale;
    readonly step?: number | undefined;
  },
  ctx: z.RefinementCtx,
): void {
  if (domain.min > domain.max) {
    ctx.addIssue({ code: 'custom', path: ['max'], message: `must not be below min (${domain.min})` });
  }
  if (domain.scale === 'log' && domain.min <= 0) {
    ctx.addIssue({ code: 'custom', path: ['min'], message: 'must be above 0 on the scale log' });
  }
  if (!Number.isFinite(domain.max - domain.min)) {
    ctx.addIssue({ code: 'custom', path: ['max'], message: 'is too far from min to be represented' });
  }
  if (domain.step !== undefined) checkStep({ ...domain, step: domain.step }, ctx);
}

function checkStep(
  {
    kind,
    min,
    max,
    step,
  }: { readonly kind: string; readonly min: number; readonly max: number; readonly step: number },
  ctx: z.RefinementCtx,
): void {
  const magnitude = Math.max(Math.abs(min), Math.abs(max));
  // 0.3 - 0.2 is a little less than 0.1 in floating point.
  if (min < max && step - 4 * Number.EPSILON * magnitude > max - min) {
    ctx.addIssue({ code: 'custom', path: ['step'], message: 'must not be greater than max - min' });
  }
  if (kind === 'float' && step < MIN_RELATIVE_STEP * magnitude) {
    ctx.addIssue({
      code: 'custom',
      path: ['step'],
      message: 'is too small: rounding blurs the values between min and max',
    });
  }
}

export const domainSchema = z.discriminatedUnion('kind', [floatDomainSchema, intDomainSchema, categoricalDomainSchema]);

/** A range or a set of values that a parameter may take. Both bounds belong to it. */
export type Domain = z.infer<typeof domainSchema>;
export type FloatDomain = z.infer<typeof floatDomainSchema>;
export type IntDomain = z.infer<typeof intDomainSchema>;
export type CategoricalDomain = z.infer<typeof categoricalDomainSchema>;

/** A search space: parameter name to domain. Names are kept in the order given; conditions form an acyclic graph. */
export const spaceSchema = z.record(parameterNameSchema, domainSchema).superRefine((space, ctx) => {
  const names = Object.keys(space);
  if (names.length === 0) ctx.addIssue({ code: 'custom', message: 'needs at least one parameter' });
  if (names.length > MAX_PARAMETERS) {
    ctx.addIssue({ code: 'custom', message: `has ${names.length} parameters; at most ${MAX_PARAMETERS} are allowed` });
  }
  for (const name of names) checkCondition(space, name, ctx);
  for (const name of names) {
    if (dependsOnItself(space, name)) {
      ctx.addIssue({ code: 'custom', path: [name, 'when'], message: 'depends on itself' });
    }
  }
});
export type SearchSpace = Readonly<z.infer<typeof spaceSchema>>;

function checkCondition(space: Readonly<Record<string, Domain>>, name: string, ctx: z.RefinementCtx): void {
  for (const [parent, values] of Object.entries(space[name]?.when ?? {})) {
    const domain = Object.hasOwn(space, parent) ? space[parent] : undefined;
    const path = [name, 'when', parent];
    if (domain === undefined) {
      ctx.addIssue({ code: 'custom', path, message: `there is no parameter "${parent}" in the space` });
    } else if (domain.kind === 'float') {
      ctx.addIssue({ code: 'custom', path, message: 'a condition can name a categorical or int parameter only' });
    } else {
      values.forEach((value, i) => {
        const known =
          domain.kind === 'categorical'
            ? domain.choices.some((choice) => sameParamValue(choice, value))
            : typeof value === 'number' && isIntValue(domain, value);
        if (!known) {
          ctx.addIssue({ code: 'custom', path: [...path, i], message: `is not a value that "${parent}" can take` });
        }
      });
    }
  }
}

function isIntValue({ min, max, step }: IntDomain, value: number): boolean {
  return Number.isInteger(value) && value >= min && value <= max && (value - min) % (step ?? 1) === 0;
}

function dependsOnItself(space: Readonly<Record<string, Domain>>, name: string): boolean {
  const seen = new Set<string>();
  const pending = Object.keys(space[name]?.when ?? {});
  for (let parent = pending.pop(); parent !== undefined; parent = pending.pop()) {
    if (parent === name) return true;
    if (seen.has(parent) || !Object.hasOwn(space, parent)) continue;
    seen.add(parent);
    pending.push(...Object.keys(space[parent]?.when ?? {}));
  }
  return false;
}
