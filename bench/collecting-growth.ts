import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { CollectingProcess } from '../collector/collecting/collecting-process.ts';
import { collectingSchema } from '../collector/collecting/config.ts';
import type { Template } from '../core/ipfix/template.ts';
import { FLOWS, message } from '../test/collector/support/exporter.ts';

/**
 * How the Collecting Process grows with exporters and Templates, and that floods of them do not make it grow:
 * `node --expose-gc --import tsx bench/collecting-growth.ts`. Every case runs in a process of its own; times are ratios to the first.
 */
const RECORDS = 20;
const MESSAGES = 400_000;
const RECEIVED_AT_US = 1_772_442_000e6;
const SEQUENCE_OFFSET = 8;

interface Case {
  readonly name: string;
  readonly exporters: number;
  readonly templates: number;
  /** Whether exporters come once and never again, or Templates do. */
  readonly flood?: 'exporters' | 'templates';
}

const CASES: readonly Case[] = [
  { name: '100 exporters', exporters: 100, templates: 1 },
  { name: '10 x exporters', exporters: 1_000, templates: 1 },
  { name: '100 x exporters', exporters: 10_000, templates: 1 },
  { name: '10 x Templates', exporters: 100, templates: 10 },
  { name: '100 x Templates', exporters: 100, templates: 100 },
  { name: 'a million sources, once each', exporters: 1_000_000, templates: 1, flood: 'exporters' },
  { name: 'two million Templates of 100', exporters: 100, templates: 500, flood: 'templates' },
];

interface Result {
  readonly usAMessage: number;
  readonly heldMegabytes: number;
  readonly peakMegabytes: number;
  readonly sessions: number;
  readonly evicted: number;
  readonly refused: number;
}

const templatesOf = (count: number, first = 0): Template[] =>
  Array.from({ length: count }, (_, index) => ({ ...FLOWS, id: 256 + ((first + index) % 65_000) }));
const recordsOf = (template: Template) =>
  Array.from({ length: RECORDS }, (_, row) => [template, [0x0a000000 + row, 0xc6120101, 1_000 + row, row]] as const);
const sourceOf = (exporter: number): string =>
  `10.${exporter >> 16}.${(exporter >> 8) & 255}.${exporter & 255}:${4_000 + (exporter % 1_000)}`;
const heldMegabytes = (): number => {
  (globalThis as { gc?: () => void }).gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 1e6;
};

function run({ exporters, templates, flood }: Case): Result {
  const limits = flood === undefined ? { maxSessions: exporters } : {};
  const collecting = new CollectingProcess(collectingSchema.parse({ ...limits, maxWaitingBatches: 2 }));
  const baseMegabytes = heldMegabytes();
  const defining = message({ templates: templatesOf(templates) });
  const data = templatesOf(templates).map((template) => message({ records: recordsOf(template) }));
  const sources = Array.from({ length: exporters }, (_, exporter) => sourceOf(exporter));
  const sequences = new Uint32Array(exporters);
  const take = (payload: Uint8Array, exporter: number, records: number): void => {
    new DataView(payload.buffer, payload.byteOffset).setUint32(SEQUENCE_OFFSET, sequences[exporter] as number);
    sequences[exporter]! += records;
    collecting.handle({ payload, source: sources[exporter] as string, receivedAtUs: RECEIVED_AT_US });
    for (let batch = collecting.poll(); batch !== undefined; batch = collecting.poll()) collecting.release(batch);
  };
  let messages = 0;
  if (flood === undefined) for (let exporter = 0; exporter < exporters; exporter++) take(defining, exporter, 0);
  const startedAt = performance.now();
  if (flood === 'exporters') for (; messages < exporters; messages++) take(defining, messages, 0);
  else if (flood === 'templates')
    for (; messages < 4_000; messages++)
      take(message({ templates: templatesOf(templates, messages * templates) }), messages % exporters, 0);
  else for (; messages < MESSAGES; messages++) take(data[messages % templates] as Uint8Array, messages % exporters, RECORDS);
  const usAMessage = (1_000 * (performance.now() - startedAt)) / messages;
  const { counters, sessions } = collecting;
  if (flood === undefined && counters.dataRecords !== MESSAGES * RECORDS) throw new Error(`only ${counters.dataRecords} records`);
  return {
    usAMessage,
    heldMegabytes: heldMegabytes() - baseMegabytes,
    peakMegabytes: process.resourceUsage().maxRSS / 1_000,
    sessions: sessions.length,
    evicted: counters.evictedSessions,
    refused: counters.refusedTemplates,
  };
}

const [flag, index] = process.argv.slice(2);
if (flag === '--one') process.send?.(run(CASES[Number(index)] as Case));
else {
  const rows: object[] = [];
  let first: number | undefined;
  for (const [number, { name }] of CASES.entries()) {
    const [result] = (await once(fork(fileURLToPath(import.meta.url), ['--one', `${number}`]), 'message')) as [Result];
    first ??= result.usAMessage;
    rows.push({
      case: name,
      'time x': (result.usAMessage / first).toFixed(2),
      'us a Message': result.usAMessage.toFixed(2),
      'held MB': result.heldMegabytes.toFixed(1),
      'peak MB': Math.round(result.peakMegabytes),
      sessions: result.sessions,
      forgotten: result.evicted,
      refused: result.refused,
    });
  }
  console.table(rows);
}
