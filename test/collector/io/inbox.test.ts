import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { CollectingProcess } from '../../../collector/collecting/collecting-process.ts';
import { collectingSchema } from '../../../collector/collecting/config.ts';
import type { CollectedRows } from '../../../collector/collecting/collected-rows.ts';
import { Inbox } from '../../../collector/io/inbox.ts';
import type { FlowStore } from '../../../collector/store/flow-store.ts';
import { BlockWriter } from '../../../collector/store/journal/block.ts';
import { ChunkWriter } from '../../../collector/store/journal/chunk-writer.ts';
import { journalSchema } from '../../../collector/store/journal/config.ts';
import { journalOf } from '../../../collector/store/journal/journal.ts';
import { Slots } from '../../../collector/store/journal/slots.ts';
import { storeCollected } from '../../../collector/store/store-collected.ts';
import type { SegmentKind } from '../../../collector/store/spool/segment.ts';
import { message, numbers, set, template } from '../../support/ipfix-octets.ts';

const FLOW_TEMPLATE = template(256, [
  [8, 4],
  [12, 4],
  [1, 4],
]);
const EVENT_TEMPLATE = template(257, [
  [230, 1],
  [225, 4],
  [323, 8],
]);
const SAMPLING_TEMPLATE = template(
  258,
  [
    [149, 4],
    [305, 4],
    [306, 4],
  ],
  1,
);
const SAMPLING = set(258, numbers([1, 4], [1, 4], [99, 4]));

const config = journalSchema.parse({ minFreeOctets: 0 });
const collectingConfig = collectingSchema.parse({ batchRows: 7 });
const SOURCE = '192.0.2.1:4739';
const CONNECTED = '192.0.2.2:4739';
/** Rows of the connection are numbered from here on: those that a kill costs are not missed. */
const FROM_CONNECTION = 1_000_000;

let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'flowlab-inbox-'));
  path = join(directory, 'flows.duckdb');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** A store that outlives who writes into it, and at which the program ends: before or after an append, at the `endsAt`th. */
class LastingStore implements Pick<FlowStore, 'append' | 'appendNatEvents'> {
  readonly rows: Record<SegmentKind, { readonly value: number; readonly sampling: number }[]> = { flows: [], natEvents: [] };
  endsAt = Infinity;
  isKeptAtTheEnd = false;
  isEnded = false;
  #appends = 0;

  get nextIds() {
    return { flows: this.rows.flows.length, natEvents: this.rows.natEvents.length };
  }

  begin(endsAt: number, isKeptAtTheEnd: boolean): void {
    this.#appends = 0;
    this.isEnded = false;
    Object.assign(this, { endsAt, isKeptAtTheEnd });
  }

  append(batch: Parameters<FlowStore['append']>[0]): Promise<void> {
    return this.#append('flows', batch, (row) => ({
      value: batch.octetDeltaCount[row] as number,
      sampling: batch.samplingInterval[row] as number,
    }));
  }

  appendNatEvents(batch: Parameters<FlowStore['appendNatEvents']>[0]): Promise<void> {
    return this.#append('natEvents', batch, (row) => ({ value: batch.publicAddress[row] as number, sampling: 100 }));
  }

  #append(
    kind: SegmentKind,
    { length }: CollectedRows,
    rowAt: (row: number) => LastingStore['rows']['flows'][number],
  ): Promise<void> {
    const isEnd = ++this.#appends >= this.endsAt;
    if (isEnd && this.isEnded) return new Promise(() => undefined);
    if (!isEnd || this.isKeptAtTheEnd) for (let row = 0; row < length; row++) this.rows[kind].push(rowAt(row));
    if (!isEnd) return Promise.resolve();
    this.isEnded = true;
    return new Promise(() => undefined);
  }
}

/** What an exporter sends in one Message: so many flows and NAT events, and whether it repeats what it taught. */
interface Sent {
  readonly flows: number;
  readonly events: number;
  readonly isTaught: boolean;
}

class Exporter {
  flows = 0;
  events = 0;
  #sequence = 0;

  message({ flows, events, isTaught }: Sent): Uint8Array {
    const taught = isTaught ? [set(2, [...FLOW_TEMPLATE, ...EVENT_TEMPLATE]), set(3, SAMPLING_TEMPLATE), SAMPLING] : [];
    const flowSets =
      flows > 0 ? [set(256, Array.from({ length: flows }, () => numbers([1, 4], [2, 4], [this.flows++, 4])).flat())] : [];
    const eventSets =
      events > 0 ? [set(257, Array.from({ length: events }, () => numbers([4, 1], [this.events++, 4], [1e12, 8])).flat())] : [];
    const octets = message(this.#sequence, [...taught, ...flowSets, ...eventSets]);
    this.#sequence += flows + events + (isTaught ? 1 : 0);
    return octets;
  }
}

/** One run of the program, until it ends by itself or is killed. */
class Run {
  readonly inbox: Inbox;
  readonly collecting = new CollectingProcess(collectingConfig);
  readonly #store: LastingStore;
  readonly #files: ChunkWriter;
  readonly #slots = new Slots(2_097_152);
  #block: number;
  #storing: Promise<void> = Promise.resolve();

  constructor(store: LastingStore, chunkOctets: number) {
    this.#store = store;
    const kept = { path, nextIds: () => store.nextIds, isSynced: false };
    this.inbox = new Inbox(this.collecting, (datagram) => this.collecting.handle(datagram), this.#slots, kept);
    const next = this.inbox.journal?.next ?? { chunk: 0, block: 0 };
    this.#files = new ChunkWriter(journalOf(path), config, next.chunk, chunkOctets);
    this.#block = next.block;
  }

  receive(payloads: readonly Uint8Array[], isInMemory: boolean): void {
    const slot = this.#slots.take() as number;
    const writer = new BlockWriter();
    writer.begin(this.#slots.octetsOf(slot));
    payloads.forEach((payload, at) => expect(writer.add(payload, SOURCE, 1_780_000_000e6 + at)).toBe(true));
    const block = writer.finish(this.#block);
    const place = this.#files.write(block, 0);
    expect(place).toBeDefined();
    if (!isInMemory) this.#slots.free(slot);
    const where = { ...(place as { chunk: number; offset: number }), slot: isInMemory ? slot : undefined };
    this.inbox.take({ number: this.#block++, octets: block.length, datagrams: payloads.length, ...where });
  }

  connected(payload: Uint8Array): void {
    this.collecting.handle({ payload, source: CONNECTED, receivedAtUs: 1_780_000_000e6, isReliable: true });
  }

  /** As the collector does each second, and whenever a batch is full. */
  async store(isFlushed: boolean): Promise<void> {
    if (isFlushed) this.collecting.flush();
    this.#storing = this.#storing.then(() =>
      storeCollected(this.collecting, this.#store as unknown as FlowStore, [], this.inbox),
    );
    for (let turns = 0; turns < 6; turns++) await turn();
  }

  async end(): Promise<void> {
    const settled = this.inbox.settle(Infinity);
    while (this.inbox.waiting > 0) await this.store(false);
    await settled;
    await this.store(true);
    await this.#storing;
    this.#files.close();
    this.inbox.close(true);
  }

  /** No port is to be had: the program ends before anything else. */
  refuse(): void {
    this.#files.close();
    this.inbox.close(false);
  }

  /** What a killed program leaves is what it had written. */
  async kill(): Promise<void> {
    await this.inbox.settle(0);
    this.#files.close();
  }
}

const sent = fc.record({ flows: fc.nat(12), events: fc.oneof(fc.constant(0), fc.nat(6)), isTaught: fc.constant(false) });
const step = fc.oneof(
  fc.record({
    kind: fc.constant('block' as const),
    messages: fc.array(sent, { minLength: 1, maxLength: 8 }),
    isInMemory: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('store' as const), isFlushed: fc.boolean() }),
  fc.record({ kind: fc.constant('connected' as const), flows: fc.integer({ min: 1, max: 9 }) }),
);
const run = fc.record({
  steps: fc.array(step, { minLength: 1, maxLength: 14 }),
  endsAt: fc.integer({ min: 1, max: 12 }),
  isKeptAtTheEnd: fc.boolean(),
  isWaitedFor: fc.boolean(),
  /** Whether a start before it failed, for want of a port. */
  isRefused: fc.boolean(),
});

it('stores each row once and in order, whenever the program is killed', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(run, { minLength: 1, maxLength: 5 }),
      fc.integer({ min: 300, max: 20_000 }),
      async (runs, chunkOctets) => {
        rmSync(journalOf(path), { recursive: true, force: true });
        const store = new LastingStore();
        const exporter = new Exporter();
        let connected = FROM_CONNECTION;
        for (const { steps, endsAt, isKeptAtTheEnd, isWaitedFor, isRefused } of runs) {
          if (isRefused) new Run(store, chunkOctets).refuse();
          store.begin(endsAt, isKeptAtTheEnd);
          const now = new Run(store, chunkOctets);
          now.connected(message(0, [set(2, FLOW_TEMPLATE)]));
          // What must be known is told in the very first Message alone, and again when nothing was left of what it told.
          let isTaught = now.inbox.journal?.leftOver.blocks.length === 0;
          for (const each of steps) {
            if (store.isEnded) break;
            if (each.kind === 'block') {
              now.receive(
                each.messages.map((one) => exporter.message({ ...one, isTaught: isTaught && one === each.messages[0] })),
                each.isInMemory,
              );
              isTaught = false;
            } else if (each.kind === 'connected') {
              const rows = Array.from({ length: each.flows }, () => numbers([1, 4], [2, 4], [connected++, 4]));
              now.connected(message(0, [set(256, rows.flat())]));
            } else await now.store(each.isFlushed);
          }
          if (isWaitedFor) for (let turns = 0; turns < 20; turns++) await now.store(turns === 19);
          await now.kill();
        }
        store.begin(Infinity, false);
        const last = new Run(store, chunkOctets);
        await last.end();
        // What is remembered is counted nowhere, and is no hole in the numbers.
        expect(last.collecting.counters).toMatchObject({ headlessDatagrams: 0, lost: 0, malformed: 0 });
        const flows = store.rows.flows.filter(({ value }) => value < FROM_CONNECTION);
        expect(flows.map(({ value }) => value)).toEqual(Array.from({ length: exporter.flows }, (_, at) => at));
        expect(store.rows.natEvents.map(({ value }) => value)).toEqual(Array.from({ length: exporter.events }, (_, at) => at));
        expect(flows.every(({ sampling }) => sampling === 100)).toBe(true);
        const ofConnection = store.rows.flows.filter(({ value }) => value >= FROM_CONNECTION).map(({ value }) => value);
        expect(new Set(ofConnection).size).toBe(ofConnection.length);
        expect(existsSync(journalOf(path))).toBe(false);
      },
    ),
    { numRuns: 300 },
  );
}, 120_000);
