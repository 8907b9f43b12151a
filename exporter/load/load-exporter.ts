import type { MeteredBatch } from '../../core/flow/metered-batch.ts';
import type { Template } from '../../core/ipfix/template.ts';
import { exportingSchema, type ExportingConfig } from '../exporting/config.ts';
import { encodingOf, flowTemplatesOf } from '../exporting/encodings.ts';
import { counterLimits } from '../exporting/flow-templates.ts';
import { MessageStream } from '../exporting/message-stream.ts';
import type { Exported } from '../exporting/option-values.ts';

export type LoadProtocol = ExportingConfig['protocol'];

/** The flows all exporters tell of, one after the other, and how long ago they were when they are told. */
export class FlowRing {
  readonly batch: MeteredBatch;
  readonly #startedAgoMs: Float64Array;
  readonly #endedAgoMs: Float64Array;

  /** In `batch` start and end are milliseconds before the export; the ring takes it over. */
  constructor(batch: MeteredBatch) {
    this.batch = batch;
    this.#startedAgoMs = batch.flowStartMs.slice();
    this.#endedAgoMs = batch.flowEndMs.slice();
  }

  /** Dates row `row` as told now. */
  date(row: number, nowMs: number, uptimeMs: number): void {
    const { batch } = this;
    const startedAgoMs = this.#startedAgoMs[row] as number;
    const endedAgoMs = this.#endedAgoMs[row] as number;
    batch.flowStartMs[row] = nowMs - startedAgoMs;
    batch.flowEndMs[row] = nowMs - endedAgoMs;
    batch.flowStartUptimeMs[row] = uptimeMs - startedAgoMs;
    batch.flowEndUptimeMs[row] = uptimeMs - endedAgoMs;
  }
}

/** Templates are sent again after so many Messages: at thousands of Messages a second a clock would send hardly any. */
const MESSAGES_PER_REFRESH = 2_000;
/** Routers that have been up for a while have no flow older than themselves. */
const UPTIME_AT_START_MS = 86_400_000;

/** One simulated exporter: the ring's flows in Messages with a domain and numbers of its own. */
export class LoadExporter {
  readonly flowsPerMessage: number;
  readonly #ring: FlowRing;
  readonly #stream: MessageStream;
  readonly #template: Template;
  readonly #startMs: number;
  #row: number;
  #untilRefresh = 0;

  /** `firstRow`: where in the ring it begins; `startMs`: milliseconds since 1970. */
  constructor(ring: FlowRing, protocol: LoadProtocol, observationDomainId: number, firstRow: number, startMs: number) {
    const config = exportingSchema.parse({ protocol, observationDomainId, applicationIds: false });
    this.#ring = ring;
    this.#row = firstRow;
    this.#startMs = startMs;
    const flows = flowTemplatesOf(config);
    const encoding = encodingOf(config, flows, { mode: 'count', interval: 1 });
    this.#stream = new MessageStream(encoding, counterLimits(config));
    this.#template = flows.v4.template;
    this.flowsPerMessage = encoding.flowsPerMessage;
  }

  get exported(): Readonly<Exported> {
    return this.#stream.exported;
  }

  /** The next Message, full of flows; now and then one of Templates comes before it. */
  next(nowMs: number): Uint8Array {
    const waiting = this.#stream.poll();
    if (waiting !== undefined) return waiting;
    const uptimeMs = UPTIME_AT_START_MS + nowMs - this.#startMs;
    const unixS = Math.floor(nowMs / 1_000);
    const at = { unixS, unixNs: (nowMs - unixS * 1_000) * 1e6, uptimeMs };
    if (this.#untilRefresh-- === 0) {
      this.#untilRefresh = MESSAGES_PER_REFRESH;
      this.#stream.begin(at);
      this.#stream.addTemplate(this.#template);
      this.#stream.finish();
    }
    this.#stream.begin(at);
    for (let flow = 0; flow < this.flowsPerMessage; flow++) this.#add(nowMs, uptimeMs);
    this.#stream.finish();
    return this.#stream.poll() as Uint8Array;
  }

  #add(nowMs: number, uptimeMs: number): void {
    const { batch } = this.#ring;
    this.#ring.date(this.#row, nowMs, uptimeMs);
    this.#stream.addFlow(batch, this.#row);
    this.#row = this.#row + 1 === batch.length ? 0 : this.#row + 1;
  }
}
