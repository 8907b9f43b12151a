import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { MeteredBatch } from '../core/flow/metered-batch.ts';
import { ObservedPacket } from '../core/flow/observed-packet.ts';
import { NS_PER_MS, NS_PER_S, trueNs } from '../core/time/instant.ts';
import { VirtualClock } from '../core/time/virtual-clock.ts';
import { meteringSchema } from '../exporter/metering/config.ts';
import { MeteringProcess } from '../exporter/metering/metering-process.ts';

/**
 * The flow cache fed with single packets, timeouts and records included: `node --import tsx bench/metering.ts`. Each row runs in a
 * process of its own: packets a second of processor time over a mix (two thirds of the packets belong to one flow in ten), and octets of memory
 * per live flow.
 */
interface Row {
  readonly flows: number;
  readonly packets: number;
  readonly packetsPerSecond: number;
  readonly records: number;
  readonly bytesPerFlow: number;
  readonly megabytes: number;
}

/** What the sink does with a full batch is not measured here. */
const BATCH_ROWS = 1_024;
const PACKETS = 4_000_000;

function measure(flows: number): Row {
  const config = meteringSchema.parse({ maxEntries: Math.max(flows, 1_024) });
  const batch = new MeteredBatch(BATCH_ROWS);
  let records = 0;
  const sink = {
    batch,
    recordsAdded: (): void => {
      records++;
      if (batch.length === BATCH_ROWS) batch.length = 0;
    },
  };
  const before = memory();
  const meter = new MeteringProcess(config, new VirtualClock(), { unixMs: 0 }, sink);
  const packet = new ObservedPacket();
  let random = 12_345;
  const draw = (): number => (random = (Math.imul(random, 1_664_525) + 1_013_904_223) >>> 0);
  const pass = (number: number, atNs: number): void => {
    packet.atNs = trueNs(atNs);
    packet.octets = 40 + (number & 1_023);
    packet.tcpFlags = 0x10;
    packet.setIPv4(0x0a000000 + (number >>> 4), 0xc6120000 + (number & 0xff));
    packet.setTransport(6, 32_768 + (number & 0xfff), 443);
    packet.setInterfaces(1, 2);
    meter.observePacket(packet);
    if (meter.nextTimeout() <= atNs) meter.handleTimeout(packet.atNs);
  };
  for (let flow = 0; flow < flows; flow++) pass(flow, flow);
  const held = memory() - before;
  // The mix takes two minutes of the packets' time: flows fall idle and come back.
  const stepNs = (120 * NS_PER_S) / PACKETS;
  const busy = Math.max(1, Math.floor(flows / 10));
  const startedAt = process.cpuUsage();
  for (let index = 0; index < PACKETS; index++) {
    const chance = draw();
    const number = chance % 3 === 0 ? (chance >>> 8) % flows : (chance >>> 8) % busy;
    pass(number, NS_PER_MS + flows + index * stepNs);
  }
  const { user, system } = process.cpuUsage(startedAt);
  const seconds = (user + system) / 1e6;
  return {
    flows,
    packets: PACKETS,
    packetsPerSecond: PACKETS / seconds,
    records,
    bytesPerFlow: held / flows,
    megabytes: process.resourceUsage().maxRSS / 1_000,
  };
}

/** Octets held after a collection; needs --expose-gc. */
function memory(): number {
  (globalThis as { gc?: () => void }).gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

async function inOwnProcess(flows: number): Promise<Row> {
  const child = fork(fileURLToPath(import.meta.url), ['--one', String(flows)], {
    execArgv: [...process.execArgv, '--expose-gc'],
  });
  const [row] = (await once(child, 'message')) as [Row];
  return row;
}

const [first, ...rest] = process.argv.slice(2);
if (first === '--one') {
  process.send?.(measure(Number(rest[0])));
} else {
  for (const flows of [first ?? '1000', ...(rest.length > 0 ? rest : ['10000', '100000', '1000000'])].map(Number)) {
    const row = await inOwnProcess(flows);
    console.log(
      `${flows} flows: ${(row.packetsPerSecond / 1e6).toFixed(2)} M packets/s of CPU, ${row.records} records, ` +
        `${row.bytesPerFlow.toFixed(0)} octets a live flow, ${row.megabytes.toFixed(0)} MB at the most`,
    );
  }
}
