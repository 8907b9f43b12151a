import { readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { formatIPv4, parseIPv4 } from '../../core/net/address.ts';
import { NS_PER_MS } from '../../core/time/instant.ts';
import type { LostRecord } from '../../collector/api/view/record-truth.ts';
import { BRANCHES, STAGES, UNITS, type Funnel } from '../../collector/counting/funnel.ts';
import { readJson } from '../read-json.ts';
import type { SentMessage } from '../world/export-path.ts';

/** The way of one site's records into the store. */
export interface SiteFunnel {
  readonly name: string;
  readonly funnel: Funnel;
}

const knowledge = z.enum(['truth', 'exact', 'estimated']);
const amounts = z.partialRecord(z.enum(UNITS), z.number());
const funnelSchema = z.strictObject({
  stages: z.array(z.strictObject({ name: z.enum(STAGES), sure: knowledge, amounts })),
  branches: z.array(
    z.strictObject({
      name: z.enum(BRANCHES),
      after: z.enum(STAGES),
      way: z.enum(['out', 'in']),
      sure: knowledge,
      amounts,
    }),
  ),
  faults: z.record(z.string(), z.number()),
  sets: z.strictObject({ waiting: z.number(), givenUp: z.number() }),
});
const sitesSchema = z.strictObject({ sites: z.array(z.strictObject({ name: z.string(), funnel: funnelSchema })) });

/** Writes pipeline.json: where packets, Messages and records of each site went. */
export const writeFunnels = (path: string, sites: readonly SiteFunnel[]): void =>
  writeFileSync(path, `${JSON.stringify({ sites }, null, 2)}\n`);

/** Throws a UsageError of one sentence when it is none. */
export const readFunnels = (path: string): SiteFunnel[] => readJson(path, sitesSchema).sites;

const MESSAGES = 'exporter,observation_domain_id,sequence_number,export_time_s,true_sent_ns,true_arrived_ns,copies';

/** Writes messages.csv: one line for each Message that left for the collector, in their order; without an arrival when none came. */
export function writeMessages(path: string, sent: readonly SentMessage[]): void {
  const lines = sent.map(({ exporter, times }) => {
    const { sequenceNumber, exportTimeS, sentNs, arrivedNs = '', copies } = times;
    return [formatIPv4(exporter.address), exporter.observationDomainId, sequenceNumber, exportTimeS, sentNs, arrivedNs, copies];
  });
  writeLines(path, MESSAGES, lines);
}

export const readMessages = (path: string): SentMessage[] =>
  linesOf(path).map(([address = '', ...rest]) => {
    const [observationDomainId, sequenceNumber, exportTimeS, sentNs, arrivedNs, copies] = rest.map(Number) as [
      ...[number, number, number, number, number, number],
    ];
    return {
      exporter: { address: parseIPv4(address) ?? 0, observationDomainId },
      times: { sequenceNumber, exportTimeS, sentNs, arrivedNs: rest[4] === '' ? undefined : arrivedNs, copies },
    };
  });

const LOST =
  'message,record,true_start_ns,true_end_ns,router_start_ms,router_end_ms,end_reason,direction,inside_address,server_address,server_port,protocol,packets,octets';

/** Writes lost.csv: the Flow Records of Messages that never came, in the order they left; `message` is the line of messages.csv, from 0. */
export function writeLost(path: string, lost: readonly LostRecord[], epochUnixMs: number): void {
  const ns = (ms: number | undefined): number | string => (ms === undefined ? '' : Math.round((ms - epochUnixMs) * NS_PER_MS));
  const lines = lost
    .toReversed()
    .map((record) => [
      ...record.id.split('-').slice(1),
      ns(record.trueStartMs),
      ns(record.trueEndMs),
      record.startMs,
      record.endMs,
      record.endReason,
      record.isUp ? 'up' : 'down',
      record.inside,
      record.server,
      record.serverPort,
      record.protocol,
      record.packets,
      record.octets,
    ]);
  writeLines(path, LOST, lines);
}

/** The latest first. */
export function readLost(path: string, sent: readonly SentMessage[], epochUnixMs: number): LostRecord[] {
  const ms = (text: string | undefined): number | undefined =>
    text === '' || text === undefined ? undefined : epochUnixMs + Number(text) / NS_PER_MS;
  const lost = linesOf(path).flatMap((fields): LostRecord[] => {
    const [message = '', record = '', start, end] = fields;
    const of = sent[Number(message)];
    if (of === undefined) return [];
    const [startMs, endMs, endReason] = fields.slice(4, 7).map(Number) as [number, number, number];
    const [serverPort, protocol, packets, octets] = fields.slice(10).map(Number) as [number, number, number, number];
    return [
      {
        id: `lost-${message}-${record}`,
        exporter: of.exporter,
        sequenceNumber: of.times.sequenceNumber,
        exportTimeS: of.times.exportTimeS,
        sentMs: epochUnixMs + of.times.sentNs / NS_PER_MS,
        copies: 0,
        startMs,
        endMs,
        trueStartMs: ms(start),
        trueEndMs: ms(end),
        endReason,
        isUp: fields[7] === 'up',
        inside: fields[8] ?? '',
        server: fields[9] ?? '',
        serverPort,
        protocol,
        packets,
        octets,
      },
    ];
  });
  return lost.reverse();
}

const writeLines = (path: string, header: string, lines: readonly (readonly (string | number)[])[]): void =>
  writeFileSync(path, `${[header, ...lines.map((line) => line.join(','))].join('\n')}\n`);

const linesOf = (path: string): string[][] =>
  readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.split(','));
