import type { TrainingThread } from './training-thread.js';

/** One slot for both: trials of the trainer `command` go to programs, all others to the thread. */
export function chooseThread(thread: TrainingThread, programs: TrainingThread): TrainingThread {
  let present = thread;
  return {
    run(task, onMeasured) {
      present = task.trainer.kind === 'command' ? programs : thread;
      return present.run(task, onMeasured);
    },
    wish: (what) => present.wish(what),
    async terminate() {
      await Promise.all([thread.terminate(), programs.terminate()]);
    },
  };
}
