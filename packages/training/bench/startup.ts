import { chooseEngine } from '../engine/simd/engine.js';
import { setUp } from '../setup.js';
import { Trainer } from '../train.js';
import { WORKLOADS } from './workloads.js';

// What a trial costs beside its steps, as one JSON object: milliseconds of CPU to find and compile the kernels (once per
// process), to set a trial up, data set in memory to first step (the median of several, in memory that the one before has used), and the process's resident
// megabytes beside the data, which lies there twice: as it was read, and as rows in the arena.
// Usage: node [flags] startup.js [workload]

const TRIALS = 9;
const MEGABYTE = 1 << 20;

const [wanted = 'W1'] = process.argv.slice(2);
const workload = WORKLOADS.find(({ name }) => name === wanted);
if (workload === undefined) throw new Error(`no workload ${wanted}`);
const job = await workload.job();

const engineMs = cpuMs(() => chooseEngine());
const trials = Array.from({ length: TRIALS }, () => cpuMs(() => setUp(job, chooseEngine().open).workspace.release()));
trials.sort((a, b) => a - b);

const setup = setUp(job, chooseEngine().open);
const trainer = new Trainer(setup);
for (let epoch = 0; epoch < 3; epoch++) trainer.runEpoch();
const dataBytes =
  setup.dataset.features.byteLength + (setup.train.count + setup.dev.count) * setup.layout.layers[0]!.inPanels * 64;
console.log(
  JSON.stringify({
    workload: wanted,
    engineMs,
    setupMs: trials[TRIALS >> 1],
    residentMegabytesBesideData: Math.round((process.memoryUsage().rss - dataBytes) / MEGABYTE),
    dataMegabytes: Math.round(dataBytes / MEGABYTE),
    node: process.versions.node,
  }),
);

function cpuMs(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return Math.round((user + system) / 1000);
}
