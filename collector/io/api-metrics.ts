import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import type { MetricFamily } from '../api/metrics.ts';

/** What `/metrics` shows: the collector's own figures as they are when asked for, and those of its process. */
export class MetricsPage {
  readonly #registry = new Registry();
  readonly #families: () => readonly MetricFamily[];
  readonly #metrics = new Map<string, Counter | Gauge>();

  constructor(families: () => readonly MetricFamily[]) {
    this.#families = families;
    collectDefaultMetrics({ register: this.#registry });
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  text(): Promise<string> {
    for (const family of this.#families()) this.#show(family);
    return this.#registry.metrics();
  }

  /** The figures are counted elsewhere: here they only take the place of those shown last. */
  #show({ name, help, type, labelNames, samples }: MetricFamily): void {
    const options = { name, help, labelNames: [...labelNames], registers: [this.#registry] };
    const metric = this.#metrics.get(name) ?? (type === 'counter' ? new Counter(options) : new Gauge(options));
    this.#metrics.set(name, metric);
    metric.reset();
    // A metric without labels shows 0 after a reset, so that nothing is added twice.
    for (const { labels, value } of samples) metric.inc({ ...labels }, value);
  }
}
