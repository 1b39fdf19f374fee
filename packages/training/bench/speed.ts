import { openScalarWorkspace } from '../engine/scalar/workspace.js';
import { detectAbilities } from '../engine/simd/detect.js';
import { chooseEngine, type Engine, simdEngine } from '../engine/simd/engine.js';
import { NARROW, WIDE } from '../engine/simd/probe.js';
import { setUp } from '../setup.js';
import { Trainer } from '../train.js';
import { WORKLOADS } from './workloads.js';

// Samples per second of CPU time, shuffling and gathering included, as one JSON line per workload: the median of the epochs, and
// the fastest tenth, which other work on the machine hardly touches.
// Usage: node speed.js [seconds per workload] [chosen | wide | narrow | typescript] [workloads, such as W1,W3]

const [seconds = '2', which = 'chosen', names = WORKLOADS.map(({ name }) => name).join(',')] = process.argv.slice(2);
const { multiplyAdd, fused } = detectAbilities();

function engine(): Omit<Engine, 'shared'> {
  if (which === 'typescript' || multiplyAdd === null) {
    return { kind: 'typescript', fused: false, tileColumns: 8, open: openScalarWorkspace };
  }
  if (which === 'chosen') return chooseEngine();
  return simdEngine({ ...(which === 'wide' ? WIDE : NARROW), multiplyAdd }, fused);
}

const { kind, tileColumns, open } = engine();
for (const { name, job } of WORKLOADS.filter((workload) => names.split(',').includes(workload.name))) {
  const setup = setUp(await job(), open);
  const trainer = new Trainer(setup);
  const warm = performance.now();
  while (performance.now() - warm < 300) trainer.runEpoch();
  const rates: number[] = [];
  const start = performance.now();
  while (performance.now() - start < Number(seconds) * 1000 || rates.length < 11) {
    const before = process.cpuUsage();
    trainer.runEpoch();
    const { user, system } = process.cpuUsage(before);
    rates.push((setup.train.count / (user + system)) * 1e6);
  }
  rates.sort((a, b) => a - b);
  const at = (share: number) => Math.round(rates[Math.floor(share * (rates.length - 1))]!);
  const node = process.versions.node;
  console.log(
    JSON.stringify({
      workload: name,
      samplesPerSecond: at(0.5),
      fastestTenth: at(0.9),
      kind,
      tileColumns,
      fused,
      node,
    }),
  );
}
