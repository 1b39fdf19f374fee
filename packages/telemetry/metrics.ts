import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

export interface MetricOptions<Label extends string> {
  /** Without the prefix `caviar_`. */
  readonly name: string;
  readonly help: string;
  readonly labels: readonly Label[];
}

export type Labels<Label extends string> = Readonly<Record<Label, string | number>>;

/** The metrics of one service. Only Node's own are shared, so that tests and several services in one process get along. */
export interface Metrics {
  /** Counts; gives the function that adds one, or several. */
  counter<Label extends string>(options: MetricOptions<Label>): (labels: Labels<Label>, by?: number) => void;
  /** A distribution; gives the function that notes a value. */
  histogram<Label extends string>(
    options: MetricOptions<Label> & { readonly buckets: readonly number[] },
  ): (labels: Labels<Label>, value: number) => void;
  /** Values of now, asked for at each scrape; what is not in the answer is not shown. */
  gauge<Label extends string>(options: MetricOptions<Label>, read: () => Promise<readonly Sample<Label>[]>): void;
  /** All of them in Prometheus' text format. */
  render(): Promise<{ readonly contentType: string; readonly text: string }>;
}

export interface Sample<Label extends string> {
  readonly labels: Labels<Label>;
  readonly value: number;
}

/** Those of Node (`nodejs_...`, `process_...`): what watches it, a timer and an observer of its garbage collector, never ends. */
let ofNode: Registry | undefined;

/** Metrics of a service, those of Node itself included. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  if (ofNode === undefined) {
    ofNode = new Registry();
    collectDefaultMetrics({ register: ofNode });
  }
  const registries = [ofNode, registry];
  const common = <Label extends string>({ name, help, labels }: MetricOptions<Label>) => ({
    name: `caviar_${name}`,
    help,
    labelNames: [...labels],
    registers: [registry],
  });
  return {
    counter(options) {
      const counter = new Counter(common(options));
      return (labels, by = 1) => counter.inc(labels, by);
    },
    histogram(options) {
      const histogram = new Histogram({ ...common(options), buckets: [...options.buckets] });
      return (labels, value) => histogram.observe(labels, value);
    },
    gauge(options, read) {
      new Gauge({
        ...common(options),
        async collect() {
          const samples = await read();
          this.reset();
          for (const { labels, value } of samples) this.set(labels, value);
        },
      });
    },
    render: async () => ({ contentType: registry.contentType, text: await Registry.merge(registries).metrics() }),
  };
}
