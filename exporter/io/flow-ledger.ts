import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { formatIPv4 } from '../../core/net/address.ts';
import type { MeteredBatch } from '../../core/flow/metered-batch.ts';
import type { LoadTally } from '../load/load-tally.ts';
import { TextFile } from './text-file.ts';

const MIX_HEADER =
  'row,source_address,source_port,destination_address,destination_port,protocol,tcp_flags,ingress,egress,octets,packets,started_ago_ms,ended_ago_ms,end_reason\n';
const MESSAGES_HEADER = 'exporter,message,sequence,sent_ms,first_row,flows,accepted\n';

/**
 * Every flow of a load, in two files. All exporters tell of the same rows of `mix.csv`, round and round: flow `i` of a line of
 * `messages.csv` is row `(first_row + i) % rows`, and it began `started_ago_ms` before `sent_ms` (since 1970, as in the header). So
 * 200,000 flows a second are 6,000 short lines.
 */
export class FlowLedger {
  readonly #messages: TextFile;
  readonly #tallies: readonly LoadTally[];
  /** When the Messages under way were made, by exporter. */
  readonly #sentMs: readonly number[][];

  /** In `mix` start and end are how long ago. Throws an Error of one sentence when a file cannot be written. */
  constructor(directory: string, mix: MeteredBatch, tallies: readonly LoadTally[]) {
    makeDirectory(directory);
    writeMix(join(directory, 'mix.csv'), mix);
    this.#messages = new TextFile(join(directory, 'messages.csv'), MESSAGES_HEADER);
    this.#tallies = tallies;
    this.#sentMs = tallies.map(() => []);
  }

  /** Exporter `index` has made its next Message. */
  made(index: number, nowMs: number): void {
    this.#sentMs[index]?.push(nowMs);
  }

  /** What became of its Message number `message`. */
  settled(index: number, message: number, isAccepted: boolean): void {
    const { exporter } = this.#tallies[index] as LoadTally;
    const { flows } = exporter.told(message, message + 1);
    const told = `${exporter.sequenceOf(message)},${this.#sentMs[index]?.shift()},${exporter.rowOf(message)},${flows}`;
    this.#messages.write(`${index},${message},${told},${isAccepted ? 1 : 0}\n`);
  }

  close(): void {
    this.#messages.close();
  }
}

function makeDirectory(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    throw new Error(`cannot write ${path}: ${(error as NodeJS.ErrnoException).code}`, { cause: error });
  }
}

function writeMix(path: string, mix: MeteredBatch): void {
  const file = new TextFile(path, MIX_HEADER);
  for (let row = 0; row < mix.length; row++) {
    const source = `${formatIPv4(mix.sourceAddress[row] as number)},${mix.sourcePort[row]}`;
    const destination = `${formatIPv4(mix.destinationAddress[row] as number)},${mix.destinationPort[row]}`;
    const path = `${mix.protocol[row]},${mix.tcpControlBits[row]},${mix.ingressInterface[row]},${mix.egressInterface[row]}`;
    const counts = `${mix.octetDeltaCount[row]},${mix.packetDeltaCount[row]},${mix.flowStartMs[row]},${mix.flowEndMs[row]}`;
    file.write(`${row},${source},${destination},${path},${counts},${mix.flowEndReason[row]}\n`);
  }
  file.close();
}
