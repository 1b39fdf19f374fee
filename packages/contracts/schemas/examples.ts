/** The spec that the documentation shows everywhere. */
export const exampleSpec = {
  name: 'digits mlp',
  trainer: { kind: 'mlp', dataset: 'digits', params: { epochs: 20 } },
  space: {
    learningRate: { kind: 'float', min: 0.0001, max: 0.1, scale: 'log' },
    hiddenUnits: { kind: 'int', min: 16, max: 256, scale: 'log' },
    keepProb: { kind: 'float', min: 0.5, max: 1, step: 0.05 },
    optimizer: { kind: 'categorical', choices: ['momentum', 'rmsprop', 'adam'] },
    beta2: {
      kind: 'float',
      min: 0.9,
      max: 0.9999,
      scale: 'oneMinusLog',
      when: { optimizer: ['rmsprop', 'adam'] },
    },
  },
  sampler: { kind: 'coarse-to-fine', rounds: 3 },
  stop: { maxTrials: 40 },
  parallelism: 8,
  seed: 42,
} as const;

/** The params of one of its trials. */
export const exampleParams = {
  learningRate: 0.0031,
  hiddenUnits: 112,
  keepProb: 0.85,
  optimizer: 'adam',
  beta2: 0.9987,
} as const;

export const exampleProgress = {
  total: 40,
  queued: 6,
  running: 2,
  paused: 0,
  completed: 31,
  pruned: 0,
  infeasible: 1,
  failed: 0,
  cancelled: 0,
} as const;

export const exampleTrial = {
  id: 'trl_01JBQ0R7Y5',
  searchId: 'srch_01JBQ0QW2M',
  number: 17,
  status: 'completed',
  params: exampleParams,
  editedFrom: null,
  value: 0.025,
  step: 20,
  metrics: { 'dev.error': 0.025, 'dev.loss': 0.11, 'train.error': 0.002, 'train.loss': 0.02 },
  proposal: 'round 2 of 3, drawn at random',
  basis: null,
  reason: null,
  attempts: 1,
  workerId: 'wrk_01JBQ0PPZK',
  provenance: { node: 'v24.21.0', platform: 'linux', arch: 'x64', engine: 'wasm', fused: true, vectorBits: 256 },
  round: 1,
  createdAt: '2026-11-03T09:30:04.120Z',
  startedAt: '2026-11-03T09:30:04.180Z',
  endedAt: '2026-11-03T09:30:06.730Z',
  durationMs: 2510,
} as const;

export const exampleSearch = {
  id: 'srch_01JBQ0QW2M',
  name: 'digits mlp',
  notes: null,
  status: 'running',
  reason: null,
  spec: {
    ...exampleSpec,
    trainer: { ...exampleSpec.trainer, split: { train: 0.6, dev: 0.2, test: 0.2 }, maxRetries: 2 },
    space: {
      ...exampleSpec.space,
      keepProb: { ...exampleSpec.space.keepProb, scale: 'linear' },
    },
    objective: { metric: 'dev.error', direction: 'minimize' },
    sampler: { kind: 'coarse-to-fine', rounds: 3, shrink: 0.4, top: 0.2, base: 'random' },
    scheduler: { kind: 'fifo' },
    reproducibility: 'strict',
  },
  spaceVersion: 1,
  seed: 42,
  createdAt: '2026-11-03T09:30:00.000Z',
  startedAt: '2026-11-03T09:30:00.000Z',
  endedAt: null,
  progress: exampleProgress,
  round: { index: 0, of: 3 },
  rounds: [
    {
      index: 0,
      firstNumber: 0,
      endNumber: 13,
      region: {
        ...exampleSpec.space,
        keepProb: { ...exampleSpec.space.keepProb, scale: 'linear' },
      },
      reason: 'the first round draws from the whole space',
    },
  ],
  best: { trialId: exampleTrial.id, number: 17, value: 0.025, params: exampleParams, edited: false },
} as const;
