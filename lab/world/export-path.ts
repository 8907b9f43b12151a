import { formatIPv4 } from '../../core/net/address.ts';
import { unixUs, type Epoch, type TrueNs } from '../../core/time/instant.ts';
import type { VirtualClock } from '../../core/time/virtual-clock.ts';
import type { CollectingProcess } from '../../collector/collecting/collecting-process.ts';
import type { SessionSummary } from '../../collector/collecting/session-summary.ts';
import type { FlowStore, IPv4Exporter } from '../../collector/store/flow-store.ts';
import { storeCollected, type BatchWatcher } from '../../collector/store/store-collected.ts';
import type { Link } from '../faults/link.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { LockStepWire } from '../kernel/lock-step-wire.ts';
import { MessageLog, type MessageTimes } from '../verify/message-times.ts';
import { Records } from '../verify/records.ts';
import { addContent, nothing, SentMessages, type MessageContent } from '../verify/sent-messages.ts';
import { EXPORT_PORT } from './addresses.ts';
import type { MessageSink } from './capture.ts';

/** A Message that left a router or probe. */
export interface SentMessage {
  readonly exporter: IPv4Exporter;
  readonly times: MessageTimes;
}

/** What all routers send to: one collector, its store and its clock, and the file of what was sent. */
export interface Collection {
  readonly collecting: CollectingProcess;
  readonly store: FlowStore;
  readonly clock: VirtualClock;
  readonly capture: MessageSink | undefined;
  readonly arrived: ((source: string, receivedAtUs: number, payload: Uint8Array) => void) | undefined;
  /** All that left, in their order: each adds its own. */
  readonly sent: SentMessage[];
  /** One for each site. */
  readonly detections: readonly BatchWatcher[];
}

/** The way of IPFIX Messages from a router over a real socket into the collector's store. */
export class ExportPath {
  /** The truth about what was sent and what never arrived. */
  readonly messages = new SentMessages();
  /** Flow Records of what never arrived, and beside each the number of its Message in `Collection.sent`. */
  readonly lostRecords = new Records();
  readonly lostIn: number[] = [];
  /** What there is twice from the link on. */
  readonly copied = nothing();
  /** What the collector was handed, and of that what it had been handed before. */
  readonly received = nothing();
  readonly receivedAgain = nothing();
  /** When each Message left and arrived. */
  readonly log = new MessageLog();
  readonly #exporter: IPv4Exporter;
  readonly #source: string;
  readonly #epoch: Epoch;
  readonly #link: Link;
  readonly #collection: Collection;
  #kernel: Kernel | undefined;
  #wire: LockStepWire | undefined;

  constructor(exporter: IPv4Exporter, epoch: Epoch, link: Link, collection: Collection) {
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
    const { sent } = this.#collection;
    const content = arrivals.length === 0 ? this.messages.loses(message, this.lostRecords) : this.messages.arrives(message);
    while (this.lostIn.length < this.lostRecords.length) this.lostIn.push(sent.length);
    for (let copy = 1; copy < arrivals.length; copy++) addContent(this.copied, content);
    const times = this.log.left(message, now);
    sent.push({ exporter: this.#exporter, times });
    for (const arrival of arrivals) this.#kernel?.at(arrival, () => this.#arrive(message, times, content));
  }

  async #arrive(message: Uint8Array, times: MessageTimes, content: MessageContent): Promise<void> {
    const { payload } = await (this.#wire as LockStepWire).cross(message);
    const now = (this.#kernel as Kernel).now;
    addContent(this.received, content);
    if (times.copies++ > 0) addContent(this.receivedAgain, content);
    times.arrivedNs ??= now;
    const { collecting, store, clock, arrived, detections } = this.#collection;
    const receivedAtUs = unixUs(this.#epoch, clock.read(now));
    arrived?.(this.#source, receivedAtUs, payload);
    collecting.handle({ payload, source: this.#source, receivedAtUs });
    await storeCollected(collecting, store, detections);
  }
}
