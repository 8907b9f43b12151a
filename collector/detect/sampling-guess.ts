import { PROTOCOL_TCP, TCP_ACK, TCP_RST, TCP_SYN } from '../../core/net/packet-train.ts';
import type { InsideFlows } from './inside-flows.ts';
import { KeyTable } from './key-table.ts';

/** Connections that are looked at before anything is believed: of 100 with a SYN in 0.4 of them fewer than 20 have one once in 10^5 times. */
const MIN_CONNECTIONS = 100;
/** Those that are remembered, so that one that lasts is counted by its first record alone. */
const MAX_CONNECTIONS = 4_096;
/**
 * A connection begins with a SYN, so the first record of most shows one (of all records in offices 0.4 to 0.7; later pieces of long connections
 * have none). Of packets taken at random one in ten or more is needed for that: at 1 in 100 it is 0.04. What was asked in vain and what refused
 * it is left out: a scan would decide it.
 */
const MAX_SYN_PART = 0.2;

/** Finds out that packets are sampled where no exporter says so, and by how much counts are then to be multiplied. */
export class SamplingGuess {
  readonly #assumedInterval: number;
  readonly #known = new KeyTable(MAX_CONNECTIONS);
  #connections = 0;
  #withSyn = 0;

  /** `assumedInterval`: one of so many packets is taken to be looked at where records show that not all of them were. */
  constructor(assumedInterval: number) {
    this.#assumedInterval = assumedInterval;
  }

  /** Fills the interval in where none was told. Where one was told it is believed, 1 as well, and nothing is guessed of these rows. */
  fill(flows: InsideFlows): void {
    for (let row = 0; row < flows.length; row++) {
      if ((flows.samplingInterval[row] as number) >= 1) continue;
      const controlBits = flows.tcpControlBits[row] as number;
      if (flows.protocol[row] === PROTOCOL_TCP && isOfConnection(controlBits) && this.#isNew(flows, row)) {
        this.#connections++;
        if ((controlBits & TCP_SYN) !== 0) this.#withSyn++;
      }
      flows.samplingInterval[row] = this.#isSampled ? this.#assumedInterval : 1;
    }
  }

  get #isSampled(): boolean {
    return this.#connections >= MIN_CONNECTIONS && this.#withSyn < MAX_SYN_PART * this.#connections;
  }

  #isNew({ inside, insidePort, server, serverPort }: InsideFlows, row: number): boolean {
    const before = this.#known.size + this.#known.forgotten;
    this.#known.placeOf(inside[row] as number, insidePort[row] as number, server[row] as number, serverPort[row] as number);
    return this.#known.size + this.#known.forgotten > before;
  }
}

/** Whether it shows that somebody was answered; a record without any bits does not tell them. */
const isOfConnection = (controlBits: number): boolean => (controlBits & TCP_ACK) !== 0 && (controlBits & TCP_RST) === 0;
