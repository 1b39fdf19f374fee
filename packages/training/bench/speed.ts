import { openScalarWorkspace } from '../engine/scalar/workspace.js';
import { detectAbilities } from '../engine/simd/detect.js';
import { simdEngine } from '../engine/simd/engine.js';
import { FUSED } from '../engine/wasm/instructions.js';
import { setUp } from '../setup.js';
import { Trainer } from '../train.js';
import { WORKLOADS } from './workloads.js';

const seconds = Number(process.argv[2] ?? 2);
const { fused } = detectAbilities();
console.log(process.version, process.execArgv.join(' '), { fused });
const engines = [
  simdEngine({ vectors: 2, unroll: 4, multiplyAdd: FUSED }, fused),
  simdEngine({ vectors: 2, unroll: 1, multiplyAdd: FUSED }, fused),
  simdEngine({ vectors: 4, unroll: 4, multiplyAdd: FUSED }, fused),
  { kind: 'typescript', tileColumns: 0, open: openScalarWorkspace },
].slice(0, Number(process.argv[3] ?? 3));
for (const { name, job } of WORKLOADS) {
  for (const engine of engines) {
    const setup = setUp(job, engine.open);
    const trainer = new Trainer(setup);
    const warm = performance.now();
    while (performance.now() - warm < 400) trainer.runEpoch();
    await new Promise((resolve) => setTimeout(resolve, 50));
    const rates: number[] = [];
    const start = performance.now();
    while (performance.now() - start < seconds * 1000 || rates.length < 3) {
      const cpu = process.cpuUsage();
      trainer.runEpoch();
      const { user, system } = process.cpuUsage(cpu);
      rates.push((setup.train.count / (user + system)) * 1e6);
    }
    rates.sort((a, b) => a - b);
    console.log(
      name,
      engine.kind,
      engine.tileColumns,
      Math.round(rates[rates.length >> 1]!),
      'samples/s, best',
      Math.round(rates.at(-1)!),
    );
  }
}
