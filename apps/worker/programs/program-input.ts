import type { Params, ParamValue, Program } from '@caviar/spec';
import type { ThreadTask } from '../trainer/protocol.js';

/** What a program is started with. */
export interface ProgramInput {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** First line of its standard input; null for programs that get flags, whose input is closed. */
  readonly line: string | null;
}

/**
 * Turns a trial into what the program was registered to get. No shell reads any of it.
 *
 * @throws Error for a parameter whose name is no flag
 */
export function programInput(
  program: Program,
  task: ThreadTask,
  environment: Readonly<NodeJS.ProcessEnv>,
): ProgramInput {
  const [file = '', ...fixed] = program.argv;
  const { params, searchSeed, trialNumber, checkpoint } = task;
  const step = checkpoint?.step ?? 0;
  const env: NodeJS.ProcessEnv = {
    ...Object.fromEntries(program.env.map((name) => [name, environment[name]])),
    CAVIAR_TRIAL_NUMBER: String(trialNumber),
    CAVIAR_SEARCH_SEED: String(searchSeed),
    CAVIAR_STEP: String(step),
  };
  if (program.input === 'flags') return { file, args: [...fixed, ...flagsOf(params)], env, line: null };
  return { file, args: fixed, env, line: JSON.stringify({ params, trialNumber, searchSeed, step }) };
}

function flagsOf(params: Params): string[] {
  return Object.entries(params).map(([name, value]) => {
    if (!/^[A-Za-z][\w.-]*$/.test(name)) throw new Error(`the parameter "${name}" has no name that can be a flag`);
    return `--${name}=${textOf(value)}`;
  });
}

function textOf(value: ParamValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
