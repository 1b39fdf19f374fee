/** What the form begins with: a search that works, and shows what a space can say. */
export function startingSpec(dataset = 'digits', name = dataset): object {
  return {
    name: `${name.slice(0, 180)}: first look`,
    trainer: { kind: 'mlp', dataset, params: { epochs: 15 } },
    space: {
      learningRate: { kind: 'float', min: 0.0001, max: 1, scale: 'log' },
      hiddenUnits: { kind: 'int', min: 16, max: 256, scale: 'log' },
      keepProb: { kind: 'float', min: 0.5, max: 1, step: 0.05 },
      optimizer: { kind: 'categorical', choices: ['gd', 'momentum', 'rmsprop', 'adam'] },
      beta2: { kind: 'float', min: 0.9, max: 0.9999, scale: 'oneMinusLog', when: { optimizer: ['rmsprop', 'adam'] } },
    },
    sampler: { kind: 'coarse-to-fine', rounds: 3 },
    stop: { maxTrials: 40 },
  };
}
