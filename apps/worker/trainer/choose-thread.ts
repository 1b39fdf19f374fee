import type { TrainingThread } from './training-thread.js';

/** One slot for both: trials of the trainer `command` go to programs, all others to the thread. */
export function chooseThread(thread: TrainingThread, programs: TrainingThread): TrainingThread {
  let present = thread;
  return {
    run(task, listener) {
      present = task.trainer.kind === 'command' ? programs : thread;
      return present.run(task, listener);
    },
    wish: (what) => present.wish(what),
    edit: (pending) => present.edit(pending),
    async terminate() {
      await Promise.all([thread.terminate(), programs.terminate()]);
    },
  };
}
