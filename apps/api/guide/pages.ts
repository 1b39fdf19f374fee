/** A page of the guide: a Markdown file of the folder `docs`. */
export interface GuidePage {
  /** Last part of its address. */
  readonly name: string;
  /** Path below `docs`. */
  readonly file: string;
  /** As the list of pages has it. */
  readonly title: string;
}

/** The guide in the order in which people read it. A test holds that every file is there. */
export const GUIDE: readonly { readonly title: string; readonly pages: readonly GuidePage[] }[] = [
  {
    title: 'Begin',
    pages: [
      { name: 'first-search', file: 'guide/first-search.md', title: 'First search in five minutes' },
      { name: 'course', file: 'guide/course.md', title: 'The course, runnable' },
      { name: 'comparison', file: 'guide/comparison.md', title: 'How it compares' },
    ],
  },
  {
    title: 'Use',
    pages: [
      { name: 'data-sets', file: 'data-sets.md', title: 'Bring your own data' },
      { name: 'models', file: 'models.md', title: 'Take the model home' },
      { name: 'own-training-code', file: 'own-training-code.md', title: 'Bring your own code' },
      { name: 'dashboard', file: 'dashboard.md', title: 'The dashboard' },
      { name: 'command-line', file: 'command-line.md', title: 'The command line' },
      { name: 'strict-or-throughput', file: 'strict-or-throughput.md', title: 'Strict or throughput' },
      { name: 'techniques', file: 'course.md', title: 'Every technique and its test' },
    ],
  },
  {
    title: 'Run',
    pages: [
      { name: 'many-machines', file: 'guide/many-machines.md', title: 'On many machines' },
      { name: 'operations', file: 'operations.md', title: 'Operations' },
      { name: 'threat-model', file: 'threat-model.md', title: 'Threat model' },
    ],
  },
  {
    title: 'Behind it',
    pages: [
      { name: 'architecture', file: 'architecture.md', title: 'Architecture' },
      { name: 'search-figures', file: 'benchmarks/search.md', title: 'Figures: samplers' },
      { name: 'scheduler-figures', file: 'benchmarks/multi-fidelity.md', title: 'Figures: schedulers' },
      { name: 'service-figures', file: 'benchmarks/service.md', title: 'Figures: the service' },
      { name: 'training-figures', file: 'training-speed.md', title: 'Figures: training' },
    ],
  },
];

export const GUIDE_PAGES: readonly GuidePage[] = GUIDE.flatMap(({ pages }) => pages);
