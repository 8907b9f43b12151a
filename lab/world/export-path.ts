import { formatIPv4 } from '../../core/net/address.ts';
import { unixUs, type Epoch, type TrueNs } from '../../core/time/instant.ts';
import type { VirtualClock } from '../../core/time/virtual-clock.ts';
import type { CollectingProcess } from '../../collector/collecting/collecting-process.ts';
import type { FlowStore } from '../../collector/store/flow-store.ts';
import { storeCollected } from '../../collector/store/store-collected.ts';
import type { Link } from '../faults/link.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { LockStepWire } from '../kernel/lock-step-wire.ts';
import { LostMessages } from '../verify/lost-messages.ts';
import type { Records } from '../verify/records.ts';
import { EXPORTER } from './addresses.ts';
import type { Capture } from './capture.ts';

const SOURCE = `${formatIPv4(EXPORTER.address)}:${EXPORTER.port}`;

/** The way of IPFIX Messages from the router over a real socket into the collector's store. */
export class ExportPath {
  /** Messages that never arrived: the truth about loss. */
  readonly lost = new LostMessages();
  readonly lostRecords: Records;
  readonly #epoch: Epoch;
  readonly #link: Link;
  readonly #collecting: CollectingProcess;
  readonly #store: FlowStore;
  readonly #collectorClock: VirtualClock;
  readonly #capture: Capture | undefined;
  #kernel: Kernel | undefined;
  #wire: LockStepWire | undefined;

  constructor(parts: {
    epoch: Epoch;
    link: Link;
    collecting: CollectingProcess;
    store: FlowStore;
    collectorClock: VirtualClock;
    capture: Capture | undefined;
    lostRecords: Records;
  }) {
    this.lostRecords = parts.lostRecords;
    this.#epoch = parts.epoch;
    this.#link = parts.link;
    this.#collecting = parts.collecting;
    this.#store = parts.store;
    this.#collectorClock = parts.collectorClock;
    this.#capture = parts.capture;
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
    this.#capture?.message(now, message);
    const arrivals = this.#link.arrivals(now);
    if (arrivals.length === 0) this.lost.lost(message, this.lostRecords);
    else this.lost.arrives(message);
    for (const arrival of arrivals) this.#kernel?.at(arrival, () => this.#arrive(message));
  }

  /** Stores what the Collecting Process still holds. */
  async flush(): Promise<void> {
    this.#collecting.flush();
    await storeCollected(this.#collecting, this.#store);
  }

  async #arrive(message: Uint8Array): Promise<void> {
    const { payload } = await (this.#wire as LockStepWire).cross(message);
    const now = (this.#kernel as Kernel).now;
    const receivedAtUs = unixUs(this.#epoch, this.#collectorClock.read(now));
    this.#collecting.handle({ payload, source: SOURCE, receivedAtUs });
    await storeCollected(this.#collecting, this.#store);
  }
}
