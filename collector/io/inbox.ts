import type { CollectingProcess } from '../collecting/collecting-process.ts';
import type { Datagram } from '../collecting/datagram.ts';
import type { CollectedBatch } from '../collecting/collected-batch.ts';
import type { NatEventBatch } from '../collecting/nat-event-batch.ts';
import type { CollectedRows } from '../collecting/collected-rows.ts';
import { dropRows } from '../collecting/collected-rows.ts';
import { BlockReader } from '../store/journal/block.ts';
import { ChunkReader } from '../store/journal/chunk-files.ts';
import { Journal, journalOf } from '../store/journal/journal.ts';
import { KnownMessages } from '../store/journal/known-messages.ts';
import type { Slots } from '../store/journal/slots.ts';
import type { SegmentKind } from '../store/spool/segment.ts';
import type { NextIds } from '../store/spool/spool.ts';
import type { ReceivedBlock } from './receiving-messages.ts';

/** Batches that wait for the store before decoding waits too. */
const MOST_WAITING_BATCHES = 8;
const LOOK_AGAIN_MS = 5;

const NO_ROWS: NextIds = { flows: 0, natEvents: 0 };

/** What was received and waits to be decoded: it is, a block at a time, as fast as the store takes what comes of it. */
export class Inbox {
  /** Datagrams that were decoded, those of earlier runs too. */
  decoded = 0;
  /** Datagrams of blocks that were not what was written. */
  damagedDatagrams = 0;
  readonly journal: Journal | undefined;
  readonly #collecting: CollectingProcess;
  readonly #handle: (datagram: Datagram) => void;
  readonly #slots: Slots;
  readonly #nextIds: () => NextIds;
  readonly #reader = new BlockReader();
  readonly #files: ChunkReader | undefined;
  readonly #known = new KnownMessages();
  readonly #waiting: ReceivedBlock[] = [];
  #waitingDatagrams = 0;
  #dropped = NO_ROWS;
  /** Undoes that another turn is to come. */
  #cancel: (() => void) | undefined;
  #isStopped = false;
  #whenEmpty: () => void = () => undefined;

  /**
   * `store` is where its rows go, when that is a file and says which ids they get; without one blocks are in memory alone. Throws when what an
   * earlier run left cannot be had.
   */
  constructor(
    collecting: CollectingProcess,
    handle: (datagram: Datagram) => void,
    slots: Slots,
    store?: { readonly path: string; readonly nextIds: () => NextIds; readonly isSynced: boolean },
  ) {
    this.#collecting = collecting;
    this.#handle = handle;
    this.#slots = slots;
    this.#nextIds = store?.nextIds ?? (() => NO_ROWS);
    if (store === undefined) return;
    const directory = journalOf(store.path);
    this.journal = new Journal(directory, store.nextIds(), store.isSynced);
    this.#files = new ChunkReader(directory);
    const { known, blocks } = this.journal.leftOver;
    for (const datagram of known) this.#learn(datagram);
    for (const block of blocks) this.#add({ ...block, slot: undefined });
    // Before anything else can come: rows of connections must not get among those that are known.
    while ((this.#waiting[0]?.number ?? Infinity) <= this.journal.lastKnownBlock) {
      this.#decodeFirst();
      this.#leaveOutKnown(this.journal);
    }
  }

  /** Datagrams that wait. */
  get waiting(): number {
    return this.#waitingDatagrams;
  }

  take(block: ReceivedBlock): void {
    this.#add(block);
  }

  /** Resolves when nothing waits any more, or when so many milliseconds are over; then decoding has ended. */
  async settle(withinMs: number): Promise<void> {
    if (this.#waiting.length > 0) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Math.min(withinMs, 2 ** 31 - 1));
        this.#whenEmpty = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#isStopped = true;
    this.#cancel?.();
  }

  /** Rows are about to go to the store. Returns `false` when it has them all already; such as it has are taken out. */
  begins(kind: SegmentKind, batch: CollectedRows): boolean {
    const { journal } = this;
    if (journal === undefined) return true;
    this.#handDropped(journal);
    const known = journal.progress.knownOf(kind, batch.length);
    if (known > 0) {
      journal.hand(kind, known);
      if (known === batch.length) return false;
      dropRows(batch, known);
    }
    journal.mark(kind, this.#nextIds()[kind], batch.length);
    return true;
  }

  /** What was thrown away for want of room is in no place, as if it had gone there. */
  #handDropped(journal: Journal): void {
    const { droppedFlows, droppedNatEvents } = this.#collecting.counters;
    journal.hand('flows', droppedFlows - this.#dropped.flows);
    journal.hand('natEvents', droppedNatEvents - this.#dropped.natEvents);
    this.#dropped = { flows: droppedFlows, natEvents: droppedNatEvents };
  }

  /** They went there, or could not. */
  ends(kind: SegmentKind, batch: CollectedRows): void {
    this.journal?.hand(kind, batch.length);
  }

  /** Decoding ends; what was received is removed when all of it was decoded and went to the store. */
  close(isStored: boolean): void {
    this.#isStopped = true;
    this.#cancel?.();
    this.#files?.close();
    this.journal?.close(isStored && this.#waiting.length === 0);
  }

  /** Batches of which the store has every row need not wait for it: they could be too many. */
  #leaveOutKnown(journal: Journal): void {
    const leaveOut = (kind: SegmentKind, poll: () => CollectedBatch | NatEventBatch | undefined): void => {
      for (let batch = poll(); batch !== undefined; batch = poll()) {
        const { length } = batch;
        if (journal.progress.knownOf(kind, length) < length) return this.#collecting.putBack(batch);
        journal.hand(kind, length);
        this.#collecting.release(batch);
      }
    };
    leaveOut('flows', () => this.#collecting.poll());
    leaveOut('natEvents', () => this.#collecting.pollNatEvents());
  }

  #add(block: ReceivedBlock): void {
    this.#waiting.push(block);
    this.#waitingDatagrams += block.datagrams;
    if (this.#cancel === undefined) this.#again();
  }

  #again(): void {
    const immediate = setImmediate(() => this.#decodeNext());
    this.#cancel = () => clearImmediate(immediate);
  }

  /** A block a turn of the event loop, so that whatever else is to be done comes in between. */
  #decodeNext(): void {
    this.#cancel = undefined;
    if (this.#isStopped) return;
    if (this.#collecting.waitingBatches > MOST_WAITING_BATCHES) {
      const timer = setTimeout(() => this.#decodeNext(), LOOK_AGAIN_MS);
      this.#cancel = () => clearTimeout(timer);
      return;
    }
    if (this.#waiting.length > 0) this.#decodeFirst();
    if (this.#waiting.length === 0) this.#whenEmpty();
    else this.#again();
  }

  #decodeFirst(): void {
    const block = this.#waiting.shift() as ReceivedBlock;
    const { number, chunk } = block;
    const { journal } = this;
    if (chunk !== undefined)
      journal?.begin({ number, chunk }, this.#rows, () => ({ nextIds: this.#nextIds(), known: this.#known.all }));
    const octets = this.#octetsOf(block);
    if (octets !== undefined) {
      this.#reader.read(octets, (payload, source, receivedAtUs) => {
        this.decoded++;
        this.#learn({ payload, source, receivedAtUs });
      });
    }
    if (chunk !== undefined) journal?.progress.end(this.#rows);
    if (block.slot !== undefined) this.#slots.free(block.slot);
    this.#waitingDatagrams -= block.datagrams;
  }

  /** Hands a datagram on, and keeps it when others cannot be decoded without it. */
  #learn(datagram: Datagram): void {
    const { counters } = this.#collecting;
    const { templates, optionsTemplates, optionsRecords } = counters;
    this.#handle(datagram);
    if (this.journal === undefined) return;
    const hasTemplates = counters.templates + counters.optionsTemplates > templates + optionsTemplates;
    if (hasTemplates || counters.optionsRecords > optionsRecords) this.#known.add(datagram, hasTemplates);
  }

  #octetsOf({ slot, octets, datagrams, number, chunk, offset }: ReceivedBlock): Uint8Array | undefined {
    if (slot !== undefined) return this.#slots.octetsOf(slot).subarray(0, octets);
    const block = this.#files?.read({ chunk: chunk as number, offset, number, octets, datagrams });
    if (block !== undefined) return block;
    this.damagedDatagrams += datagrams;
    return undefined;
  }

  /** Decoded so far. */
  get #rows(): NextIds {
    const { flows, natEvents } = this.#collecting.counters;
    return { flows, natEvents };
  }
}
