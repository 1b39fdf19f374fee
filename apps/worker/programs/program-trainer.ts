import type { Logger, Programs } from '@caviar/orchestrator';
import type { TrainingThread } from '../trainer/training-thread.js';
import { programInput } from './program-input.js';
import { type ProgramRun, startProgram } from './program-run.js';

export interface ProgramTrainerOptions {
  readonly programs: Programs;
  /** What of it programs may see is said where they are registered. */
  readonly environment: Readonly<NodeJS.ProcessEnv>;
  readonly logger: Logger;
}

/** Trains trials of the trainer `command` by running their program: to the rest of the worker it is a thread like another. */
export function createProgramTrainer({ programs, environment, logger }: ProgramTrainerOptions): TrainingThread {
  let present: ProgramRun | undefined;
  return {
    async run(task, { onMeasured }) {
      const { trainer, trialNumber } = task;
      const name = trainer.kind === 'command' ? trainer.program : '';
      const program = programs.get(name);
      if (program === undefined) {
        return { kind: 'failed', reason: `the program "${name}" is not registered with this worker`, retry: true };
      }
      try {
        const onNoise = (line: string) => logger.debug({ program: name, trialNumber, line }, 'output of a program');
        const input = programInput(program, task, environment);
        present = startProgram({ program, input, task, onMeasured, onNoise });
        return await present.result;
      } catch (error) {
        return { kind: 'failed', reason: error instanceof Error ? error.message : String(error), retry: false };
      } finally {
        present = undefined;
      }
    },
    edit() {}, // refused where they are asked for: what a program does is its own
    wish(what) {
      if (what !== 'goOn') present?.stop(what);
    },
    async terminate() {
      const { result } = present ?? {};
      present?.kill('the worker stopped');
      await result;
    },
  };
}
