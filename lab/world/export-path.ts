import { formatIPv4 } from '../../core/net/address.ts';
import { unixUs, type Epoch, type TrueNs } from '../../core/time/instant.ts';
import type { VirtualClock } from '../../core/time/virtual-clock.ts';
import type { CollectingProcess } from '../../collector/collecting/collecting-process.ts';
import type { SessionSummary } from '../../collector/collecting/session-summary.ts';
import type { Exporter, FlowStore } from '../../collector/store/flow-store.ts';
import { storeCollected, type BatchWatcher } from '../../collector/store/store-collected.ts';
import type { Link } from '../faults/link.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { LockStepWire } from '../kernel/lock-step-wire.ts';
import { LostMessages } from '../verify/lost-messages.ts';
import { MessageLog, type MessageTimes } from '../verify/message-times.ts';
import { Records } from '../verify/records.ts';
import { EXPORT_PORT } from './addresses.ts';
import type { MessageSink } from './capture.ts';

/** What all routers send to: one collector, its store and its clock, and the file of what was sent. */
export interface Collection {
  readonly collecting: CollectingProcess;
  readonly store: FlowStore;
  readonly clock: VirtualClock;
  readonly capture: MessageSink | undefined;
  readonly arrived: ((source: string, receivedAtUs: number, payload: Uint8Array) => void) | undefined;
  /** One for each site. */
  readonly detections: readonly BatchWatcher[];
}

/** The way of IPFIX Messages from a router over a real socket into the collector's store. */
export class ExportPath {
  /** Messages that never arrived: the truth about loss. */
  readonly lost = new LostMessages();
  /** Their Flow Records. */
  readonly lostRecords = new Records();
  /** When each Message left and arrived. */
  readonly log = new MessageLog();
  readonly #exporter: Exporter;
  readonly #source: string;
  readonly #epoch: Epoch;
  readonly #link: Link;
  readonly #collection: Collection;
  #kernel: Kernel | undefined;
  #wire: LockStepWire | undefined;

  constructor(exporter: Exporter, epoch: Epoch, link: Link, collection: Collection) {
    this.#exporter = exporter;
    this.#source = `${formatIPv4(exporter.address)}:${EXPORT_PORT}`;
    this.#epoch = epoch;
    this.#link = link;
    this.#collection = collection;
  }

  /** What the collector knows of the router's Messages; `undefined` before the first came. */
  get session(): SessionSummary | undefined {
    return this.#collection.collecting.sessions.find(
      ({ source, observationDomainId }) => source === this.#source && observationDomainId === this.#exporter.observationDomainId,
    );
  }

  async open(kernel: Kernel): Promise<void> {
    this.#kernel = kernel;
    this.#wire = await LockStepWire.open();
  }

  async close(): Promise<void> {
    await this.#wire?.close();
  }

  /** A Message leaves the router. */
  send(now: TrueNs, message: Uint8Array): void {
    this.#collection.capture?.message(now, this.#exporter.address, message);
    const arrivals = this.#link.arrivals(now, { way: 'up', octets: message.length });
    if (arrivals.length === 0) this.lost.lost(message, this.lostRecords);
    else this.lost.arrives(message);
    const times = this.log.left(message, now);
    for (const arrival of arrivals) this.#kernel?.at(arrival, () => this.#arrive(message, times));
  }

  async #arrive(message: Uint8Array, times: MessageTimes): Promise<void> {
    const { payload } = await (this.#wire as LockStepWire).cross(message);
    const now = (this.#kernel as Kernel).now;
    times.arrivedNs ??= now;
    const { collecting, store, clock, arrived, detections } = this.#collection;
    const receivedAtUs = unixUs(this.#epoch, clock.read(now));
    arrived?.(this.#source, receivedAtUs, payload);
    collecting.handle({ payload, source: this.#source, receivedAtUs });
    await storeCollected(collecting, store, detections);
  }
}
