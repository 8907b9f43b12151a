import { formatIPv4, parseIPv4 } from '../../core/net/address.ts';
import { Slab } from '../../core/bytes/slab.ts';
import { formatEndpoint, type Endpoint } from '../../core/net/endpoint.ts';
import { Random } from '../../core/random/random.ts';
import { DatagramSenderPool, MOST_POSTED } from '../../runtime/dgram-socket-pool/index.ts';
import { mixOfFlows } from '../load/flow-mix.ts';
import type { RouterConfig } from '../config.ts';
import type { Told } from '../load/load-exporter.ts';
import { loadExporters } from '../load/load-exporters.ts';
import { LoadTally, totalOf } from '../load/load-tally.ts';
import { FlowLedger } from './flow-ledger.ts';
import { LoadLedger } from './load-ledger.ts';
import { LoadPace } from './load-pace.ts';

export interface LoadOptions {
  /** Flow Records a second over all exporters; infinite for as many as the machine can. */
  readonly flowsPerS: number;
  readonly target: Endpoint;
  readonly seconds: number;
  readonly exporters: number;
  /** What the Messages look like; each exporter has an Observation Domain of its own. */
  readonly exporting: RouterConfig['exporting'];
  readonly seed: number;
  /** The file that gets what each exporter sent, second by second, if any. */
  readonly ledger: string | undefined;
  /** The directory that gets the flows themselves, if any. */
  readonly flowLedger: string | undefined;
}

/** What a load run came to: what was handed to the system and what it refused. */
export interface LoadResult {
  readonly seconds: number;
  readonly accepted: Told;
  readonly refused: Told;
}

/** Different flows that are told again and again. */
const RING_FLOWS = 131_072;
/** 127.1.0.1 and up: every exporter has an address of its own, none leaves this machine. */
const FIRST_SOURCE = parseIPv4('127.1.0.1') as number;

/**
 * Sends Flow Records at a steady rate from many exporters until the time is over or the signal aborts. Each exporter has its own
 * source address when the target lies on loopback. Resolves with what was sent; rejects with an Error of one sentence when it
 * cannot begin.
 */
export async function runLoad(options: LoadOptions, signal: AbortSignal): Promise<LoadResult> {
  const { target, seconds, seed, exporting } = options;
  const mix = mixOfFlows(RING_FLOWS, new Random(seed).fork('load'));
  const slab = Slab.ring((MOST_POSTED + 1) * exporting.maxMessageLength);
  const exporters = loadExporters(options.exporters, exporting, mix, Date.now(), slab);
  const tallies = exporters.map((exporter) => new LoadTally(exporter));
  let flowLedger: FlowLedger | undefined;
  const isLocal = target.address.startsWith('127.') || target.address === 'localhost';
  const pool = await DatagramSenderPool.open({
    destination: target,
    sources: tallies.map((_, index) => ({ address: isLocal ? formatIPv4(FIRST_SOURCE + index) : '0.0.0.0' })),
    onPosted: (index, isAccepted) => {
      const message = (tallies[index] as LoadTally).settle(isAccepted);
      flowLedger?.settled(index, message, isAccepted);
    },
  });
  let ledger: LoadLedger | undefined;
  const begunAt = performance.now();
  const elapsedS = (): number => (performance.now() - begunAt) / 1_000;
  try {
    if (options.ledger !== undefined) ledger = new LoadLedger(options.ledger, tallies, pool.endpoints.map(formatEndpoint));
    if (options.flowLedger !== undefined) flowLedger = new FlowLedger(options.flowLedger, mix, tallies);
    const pace = new LoadPace(options.flowsPerS / (tallies[0] as LoadTally).exporter.flowsPerMessage);
    let sent = 0;
    let second = 0;
    for (let now = elapsedS(); now < seconds && !signal.aborted; now = elapsedS()) {
      for (; second + 1 <= now; second++) ledger?.write(second);
      const due = pace.due(now);
      const nowMs = Date.now();
      for (let message = 0; message < due;) {
        const index = sent++ % tallies.length;
        const { exporter } = tallies[index] as LoadTally;
        // A Template goes beside the flows: it must not take the place of any.
        if (!exporter.isTemplateNext) message++;
        flowLedger?.made(index, nowMs);
        if (!pool.post(exporter.next(nowMs), index)) await pool.room();
      }
      await pace.pause(due);
    }
    const lastedS = elapsedS();
    await pool.close();
    ledger?.write(second);
    return {
      seconds: lastedS,
      accepted: totalOf(tallies.map(({ accepted }) => accepted)),
      refused: totalOf(tallies.map(({ refused }) => refused)),
    };
  } finally {
    await pool.close();
    ledger?.close();
    flowLedger?.close();
  }
}
