import { setImmediate as breathe, setTimeout as sleep } from 'node:timers/promises';
import { formatIPv4, parseIPv4 } from '../../core/net/address.ts';
import type { Endpoint } from '../../core/net/endpoint.ts';
import { Random } from '../../core/random/random.ts';
import { DatagramSenderPool } from '../../runtime/dgram-socket-pool/index.ts';
import { mixOfFlows } from '../load/flow-mix.ts';
import { FlowRing, LoadExporter, type LoadProtocol } from '../load/load-exporter.ts';
import { LoadLedger } from './load-ledger.ts';

export interface LoadOptions {
  /** Flow Records a second over all exporters; infinite for as many as the machine can. */
  readonly flowsPerS: number;
  readonly target: Endpoint;
  readonly seconds: number;
  readonly exporters: number;
  readonly protocol: LoadProtocol;
  readonly seed: number;
  /** The file the truth is written to, if any. */
  readonly ledger: string | undefined;
}

/** What a load run came to. */
export interface LoadResult {
  readonly seconds: number;
  readonly messages: number;
  readonly flows: number;
  readonly packets: number;
  readonly octets: number;
  /** Datagrams the system refused. */
  readonly failed: number;
}

/** Different flows that are told again and again. */
const RING_FLOWS = 131_072;
/** 127.1.0.1 and up: every exporter has an address of its own, none leaves this machine. */
const FIRST_SOURCE = parseIPv4('127.1.0.1') as number;
/** A rate is steady: what could not be sent for this long is not made up for. */
const MOST_BEHIND_S = 0.05;
const MAX_BURST = 256;
const NAP_MS = 1;

/**
 * Sends Flow Records at a steady rate from many exporters until the time is over or the signal aborts. Each exporter has its own
 * source address when the target lies on loopback. Resolves with what was sent; rejects with an Error of one sentence when it
 * cannot begin.
 */
export async function runLoad(options: LoadOptions, signal: AbortSignal): Promise<LoadResult> {
  const { flowsPerS, target, seconds, seed, protocol } = options;
  const ring = new FlowRing(mixOfFlows(RING_FLOWS, new Random(seed).fork('load')));
  const startMs = Date.now();
  const exporters = Array.from({ length: options.exporters }, (_, index) => {
    const firstRow = Math.floor((index * RING_FLOWS) / options.exporters);
    return new LoadExporter(ring, protocol, index + 1, firstRow, startMs);
  });
  const isLocal = target.address.startsWith('127.') || target.address === 'localhost';
  const sources = exporters.map((_, index) => ({ address: isLocal ? formatIPv4(FIRST_SOURCE + index) : '0.0.0.0' }));
  const pool = await DatagramSenderPool.open({ destination: target, sources });
  const described = exporters.map(({ exported }, index) => {
    const { address, port } = pool.endpoints[index] as Endpoint;
    return { source: `${address}:${port}`, domain: index + 1, exported };
  });
  let ledger: LoadLedger | undefined;
  const messagesPerS = flowsPerS / (exporters[0] as LoadExporter).flowsPerMessage;
  const begunAt = performance.now();
  let lastS = 0;
  let credit = 0;
  let sent = 0;
  let second = 0;
  try {
    if (options.ledger !== undefined) ledger = new LoadLedger(options.ledger, described);
    for (;;) {
      const elapsedS = (performance.now() - begunAt) / 1_000;
      for (; second + 1 <= elapsedS; second++) ledger?.write(second);
      if (elapsedS >= seconds || signal.aborted) break;
      credit = Math.min(MAX_BURST, Math.max(1, messagesPerS * MOST_BEHIND_S), credit + messagesPerS * (elapsedS - lastS));
      lastS = elapsedS;
      const due = Math.floor(credit);
      credit -= due;
      const nowMs = Date.now();
      for (let message = 0; message < due; message++) {
        const index = sent++ % exporters.length;
        if (!pool.post((exporters[index] as LoadExporter).next(nowMs), index)) await pool.room();
      }
      // Timers below a millisecond are not to be had, so a steady rate is small bursts.
      await (due < MAX_BURST ? sleep(NAP_MS) : breathe());
    }
    ledger?.write(second);
  } finally {
    ledger?.close();
    await pool.close();
  }
  return { ...sumOf(exporters), failed: pool.stats().failed, seconds: (performance.now() - begunAt) / 1_000 };
}

function sumOf(exporters: readonly LoadExporter[]): Pick<LoadResult, 'messages' | 'flows' | 'packets' | 'octets'> {
  const sum = { messages: 0, flows: 0, packets: 0, octets: 0 };
  for (const { exported } of exporters) {
    sum.messages += exported.messages;
    sum.flows += exported.flows;
    sum.packets += exported.packets;
    sum.octets += exported.octets;
  }
  return sum;
}
