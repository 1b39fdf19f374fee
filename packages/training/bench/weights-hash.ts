import { createHash } from 'node:crypto';
import { checkpointArrays } from '../checkpoint.js';
import { chooseEngine } from '../engine/simd/engine.js';
import { randomJob } from '../fixtures/random-jobs.js';
import { startMlp } from '../mlp.js';

// Prints one hash of the final weights of many random networks: it must be the same on every version of Node and with
// 128-bit and 256-bit code. Usage: node [flags] weights-hash.js [networks]

const networks = Number(process.argv[2] ?? 24);
const hash = createHash('sha256');
for (let number = 0; number < networks; number++) {
  const run = startMlp(randomJob(number));
  while (run.next().kind === 'measurement');
  hash.update(checkpointArrays(run.checkpoint()));
}
const { kind, fused, tileColumns } = chooseEngine();
console.log(
  hash.digest('hex'),
  `${networks} networks, Node ${process.versions.node}, ${kind}, ${JSON.stringify({ fused, tileColumns })}`,
);
