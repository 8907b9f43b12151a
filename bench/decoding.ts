import { CollectedBatch } from '../collector/collecting/collected-batch.ts';
import { clearRows } from '../collector/collecting/collected-rows.ts';
import { CollectingProcess } from '../collector/collecting/collecting-process.ts';
import { collectingSchema } from '../collector/collecting/config.ts';
import { compileTemplate } from '../collector/collecting/compiled-template.ts';
import { readMessage, type MessageVisitor } from '../core/ipfix/message-reader.ts';
import type { RecordDecoder } from '../core/ipfix/record-decoder.ts';
import type { Template } from '../core/ipfix/template.ts';
import { readFixedDatagram } from '../core/netflow/fixed-reader.ts';
import { readV9Packet } from '../core/netflow/v9-reader.ts';
import { FIELDS } from './load-packets.ts';

/**
 * Decoding without network or store, on one core, from a bundle as programs are: modules one by one run at half the speed.
 * `npx esbuild bench/decoding.ts --bundle --platform=node --format=esm | node --expose-gc --min-semi-space-size=256 --max-semi-space-size=256
 * --input-type=module -`.
 * All ways run by turns in one process over the same Messages of 20 records; the median of the rounds counts. Garbage is what the heap grows by in a round.
 */
const RECORDS = 20;
const RECORD_OCTETS = 70;
const V5_RECORD_OCTETS = 48;
const MESSAGES = 4_096;
const ROUNDS = 25;
const BATCH_ROWS = 2_048;
const EXPORT_TIME_S = 1_700_000_000;
const SOURCE = '192.0.2.1:4739';

let random = 12_345;
const octet = (): number => (random = (Math.imul(random, 1_664_525) + 1_013_904_223) >>> 0) >>> 24;

/** A Message with a header of so many octets and records of chance. */
function message(version: number, header: number, octetsOfRecords: number, number: number): Uint8Array {
  const octets = new Uint8Array(header + octetsOfRecords).map((_, at) => (at < header ? 0 : octet()));
  const view = new DataView(octets.buffer);
  view.setUint16(0, version);
  view.setUint16(2, version === 10 ? octets.length : RECORDS);
  view.setUint32(version === 10 ? 4 : 8, EXPORT_TIME_S);
  view.setUint32({ 10: 8, 9: 12 }[version] ?? 16, version === 9 ? number : number * RECORDS);
  if (version === 5) return octets;
  view.setUint16(header - 4, 256);
  view.setUint16(header - 2, octets.length - header + 4);
  for (let record = 0; record < RECORDS; record++) {
    // Milliseconds since 1970 that are near the Export Time.
    for (const at of [29, 37]) view.setUint32(header + record * RECORD_OCTETS + at, Math.floor((EXPORT_TIME_S * 1e3) / 2 ** 32));
  }
  return octets;
}

function templateMessage(version: 9 | 10): Uint8Array {
  const header = version === 10 ? 16 : 20;
  const octets = new Uint8Array(header + 8 + 4 * FIELDS.length);
  const view = new DataView(octets.buffer);
  view.setUint16(0, version);
  view.setUint16(2, version === 10 ? octets.length : 1);
  view.setUint32(version === 10 ? 4 : 8, EXPORT_TIME_S);
  view.setUint32(version === 9 ? 12 : 8, version === 9 ? 0xffff_ffff : 0);
  [version === 10 ? 2 : 0, octets.length - header, 256, FIELDS.length, ...FIELDS.flat()].forEach((word, index) =>
    view.setUint16(header + 2 * index, word),
  );
  return octets;
}

const make = (version: number, header: number, octets: number): Uint8Array[] =>
  Array.from({ length: MESSAGES }, (_, number) => message(version, header, octets, number));
const IPFIX = make(10, 20, RECORDS * RECORD_OCTETS);
const V9 = make(9, 24, RECORDS * RECORD_OCTETS);
const V5 = make(5, 24, RECORDS * V5_RECORD_OCTETS);

/** Reads all Messages and returns how many flows there were. */
type Way = () => number;

function decoderOf(template: Template): RecordDecoder {
  const compiled = compileTemplate(template, false);
  if (compiled === undefined || compiled.isWide) throw new Error('a Template of Flow Records that fit a row');
  return compiled.decoder;
}

/** Message reader, Templates and columns, without what a Collecting Process keeps of sessions. */
function columnar(
  messages: readonly Uint8Array[],
  read: (view: DataView, visitor: MessageVisitor) => unknown,
  first: Uint8Array,
): Way {
  const batch = new CollectedBatch(BATCH_ROWS);
  const base = { exportTimeUs: EXPORT_TIME_S * 1e6, uptimeMs: undefined };
  const decoders = new Map<number, RecordDecoder>();
  let flows = 0;
  let view = new DataView(first.buffer);
  const decode = (decoder: RecordDecoder, offset: number, end: number): void => {
    for (let at = offset; end - at >= decoder.minimumLength;) {
      const from = batch.length;
      at = decoder.decode(view, at, end, batch, base);
      flows += batch.length - from;
      if (batch.length === batch.capacity) clearRows(batch);
    }
  };
  const visitor: MessageVisitor = {
    template: (_domain, template) => void decoders.set(template.id, decoderOf(template)),
    withdrawal: () => undefined,
    dataSet: (_domain, templateId, offset, end) => {
      const decoder = decoders.get(templateId);
      if (decoder !== undefined) decode(decoder, offset, end);
    },
    issue: ({ detail }) => {
      throw new Error(detail);
    },
  };
  read(view, visitor);
  return () => {
    flows = 0;
    for (const { buffer } of messages) {
      view = new DataView(buffer);
      read(view, visitor);
    }
    return flows;
  };
}

function columnarV5(): Way {
  const batch = new CollectedBatch(BATCH_ROWS);
  const decoders = new Map<Template, RecordDecoder>();
  const fail = ({ detail }: { readonly detail: string }): never => {
    throw new Error(detail);
  };
  return () => {
    let flows = 0;
    for (const { buffer } of V5) {
      const view = new DataView(buffer);
      const datagram = readFixedDatagram(view, fail);
      if (datagram === undefined) continue;
      const { format, exportTimeS, uptimeMs } = datagram;
      const decoder = decoders.get(format.record) ?? decoderOf(format.record);
      decoders.set(format.record, decoder);
      const base = { exportTimeUs: exportTimeS * 1e6, uptimeMs };
      for (let at = format.headerLength; view.byteLength - at >= decoder.minimumLength;) {
        const from = batch.length;
        at = decoder.decode(view, at, view.byteLength, batch, base);
        flows += batch.length - from;
        if (batch.length === batch.capacity) clearRows(batch);
      }
    }
    return flows;
  };
}

/** All of it: sessions, duplicates, sequence numbers and skew too. */
function collecting(messages: readonly Uint8Array[], first?: Uint8Array): Way {
  const collector = new CollectingProcess(collectingSchema.parse({}));
  const handle = (payload: Uint8Array, round: number): void =>
    collector.handle({ payload, source: SOURCE, receivedAtUs: EXPORT_TIME_S * 1e6 + round });
  if (first !== undefined) handle(first, 0);
  let round = 0;
  return () => {
    const before = collector.counters.flows;
    round++;
    for (const payload of messages) {
      handle(payload, round);
      const batch = collector.poll();
      if (batch !== undefined) collector.release(batch);
    }
    return collector.counters.flows - before;
  };
}

/** What one would write first: an object for each flow, text for addresses, dates for times. */
function naive(): Way {
  const flowOf = (octets: Buffer, start: number): Record<string, unknown> => {
    const flow: Record<string, unknown> = {};
    let at = start;
    for (const [id, length] of FIELDS) {
      if (id === 8 || id === 12 || id === 225) flow[id] = octets.subarray(at, at + 4).join('.');
      else if (id === 152 || id === 153) flow[id] = new Date(Number(octets.readBigUInt64BE(at)));
      else flow[id] = length === 8 ? octets.readBigUInt64BE(at) : octets.readUIntBE(at, length);
      at += length;
    }
    return flow;
  };
  return () => {
    let flows = 0;
    for (const { buffer } of IPFIX.slice(0, MESSAGES / 8)) {
      const octets = Buffer.from(buffer);
      for (let at = 20; at < octets.length; at += RECORD_OCTETS) if (flowOf(octets, at)[4] !== undefined) flows++;
    }
    return flows;
  };
}

const ways: Readonly<Record<string, Way>> = {
  'naive objects, IPFIX': naive(),
  'columns, IPFIX': columnar(IPFIX, readMessage, templateMessage(10)),
  'columns, NetFlow v9': columnar(V9, readV9Packet, templateMessage(9)),
  'columns, NetFlow v5': columnarV5(),
  'Collecting Process, IPFIX': collecting(IPFIX, templateMessage(10)),
  'Collecting Process, NetFlow v9': collecting(V9, templateMessage(9)),
  'Collecting Process, NetFlow v5': collecting(V5),
};
const collectGarbage = (globalThis as { gc?: () => void }).gc;
const rates = new Map<string, number[]>();
const garbage = new Map<string, number[]>();
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, way] of Object.entries(ways)) {
    const startedAt = process.cpuUsage();
    const flows = way();
    const { user, system } = process.cpuUsage(startedAt);
    rates.set(name, [...(rates.get(name) ?? []), flows / (user + system)]);
  }
}
// Not while rates are taken: with the garbage goes what the compiler knew of the objects, and code is compiled anew.
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, way] of Object.entries(ways)) {
    collectGarbage?.();
    way();
    const heapBefore = process.memoryUsage().heapUsed;
    const flows = way();
    garbage.set(name, [...(garbage.get(name) ?? []), (process.memoryUsage().heapUsed - heapBefore) / flows]);
  }
}
const median = (values: readonly number[] = []): number =>
  values.toSorted((one, other) => one - other)[values.length >> 1] ?? NaN;
const base = median(rates.get('naive objects, IPFIX'));
for (const name of Object.keys(ways)) {
  const rate = median(rates.get(name));
  console.log(
    `${name}: ${rate.toFixed(2)} M flows/s of CPU, ${(rate / base).toFixed(1)} times the naive, ` +
      `${median(garbage.get(name)).toFixed(1)} octets of garbage a flow`,
  );
}
