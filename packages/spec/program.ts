import { z } from 'zod';

export const programNameSchema = z
  .string()
  .regex(/^[A-Za-z0-9][\w.-]{0,99}$/, 'must be 1 to 100 letters, digits, dots, dashes or underscores');

const DAY_MS = 86_400_000;

/** A program that workers may run for the trainer `command`. What is not said here, no search can say. */
export const programSchema = z.strictObject({
  /** Program and arguments, as they are: there is no shell. */
  argv: z.array(z.string().min(1).max(4096)).min(1).max(100),
  /** How it gets its params: one line of JSON on standard input, or `--name=value` after the arguments. */
  input: z.enum(['stdin', 'flags']).default('stdin'),
  /** Folder it runs in, relative to the file that registers it; that file's own when left out. */
  cwd: z.string().min(1).max(4096).default('.'),
  /** Variables of the worker's environment that it sees; all others are kept from it. */
  env: z
    .array(z.string().regex(/^[A-Za-z_]\w*$/, 'must be the name of a variable'))
    .max(100)
    .default(['PATH', 'HOME']),
  timeLimitMs: z
    .int()
    .min(100)
    .max(30 * DAY_MS)
    .default(DAY_MS),
  /** Resident memory of the program and all that it starts; no limit when left out. */
  memoryLimitMb: z.int().min(1).max(1_000_000_000).optional(),
  /** Time it has to stop by itself before SIGTERM. */
  stopGraceMs: z.int().min(0).max(600_000).default(4_000),
});
export type Program = z.infer<typeof programSchema>;

/** The file that registers programs, by name. */
export const programsFileSchema = z.strictObject({ programs: z.record(programNameSchema, programSchema) });
