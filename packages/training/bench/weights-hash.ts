import { createHash } from 'node:crypto';
import { checkpointArrays } from '../checkpoint.js';
import { chooseEngine } from '../engine/simd/engine.js';
import { JOBS_WITH_ZEROS, randomJob } from '../fixtures/random-jobs.js';
import type { TrainingJob } from '../job.js';
import { startMlp } from '../mlp.js';

// Prints a hash of the final weights of many random networks, and one of networks whose products pass over zeros: they must be the
// same on every version of Node and with 128-bit and 256-bit code. Usage: node [flags] weights-hash.js [networks]

const networks = Number(process.argv[2] ?? 24);
const { kind, fused, tileColumns } = chooseEngine();
const where = `Node ${process.versions.node}, ${kind}, ${JSON.stringify({ fused, tileColumns })}`;
print(
  Array.from({ length: networks }, (_, number) => randomJob(number)),
  'networks',
);
print(Object.values(JOBS_WITH_ZEROS), 'networks with zeros');

function print(jobs: readonly TrainingJob[], what: string): void {
  const hash = createHash('sha256');
  for (const job of jobs) {
    const run = startMlp(job);
    while (run.next().kind === 'measurement');
    hash.update(checkpointArrays(run.checkpoint()));
  }
  console.log(hash.digest('hex'), `${jobs.length} ${what}, ${where}`);
}
