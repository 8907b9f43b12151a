import { addBetween, packetsBefore } from './count.ts';
import type { Ledger } from './ledger.ts';

/** Packets of one train that passed within one minute, those of its ends included. Times are of the scenario. */
export interface PacketPiece {
  readonly train: number;
  readonly startNs: number;
  readonly endNs: number;
  readonly packets: number;
  readonly octets: number;
}

const MINUTE_MS = 60_000;
const NS_PER_MS = 1e6;
const MINUTE_NS = MINUTE_MS * NS_PER_MS;

/**
 * The trains of a ledger cut at the minutes of UTC, as far as true time has come, each piece told once: laid over whole minutes no packet is in the
 * wrong one. For a ledger that still grows.
 */
export class PacketPieces {
  readonly #ledger: Ledger;
  /** Where the first minute after the scenario's epoch begins. */
  readonly #firstNs: number;
  /** Trains below this have been begun with, and those of `#open` not ended. */
  #read = 0;
  #open: number[] = [];
  #untilNs = 0;

  constructor(ledger: Ledger, epochUnixMs: number) {
    this.#ledger = ledger;
    this.#firstNs = ((MINUTE_MS - (epochUnixMs % MINUTE_MS)) % MINUTE_MS) * NS_PER_MS;
  }

  /** Tells of what passed before the last whole minute by `nowNs`; of everything when the day is over. */
  take(nowNs: number, isOver: boolean, onPiece: (piece: PacketPiece) => void): void {
    const untilNs = isOver ? Infinity : this.#minuteOf(nowNs);
    if (untilNs <= this.#untilNs) return;
    const fromNs = this.#untilNs;
    const isOpen = (train: number, sinceNs: number): boolean => this.#cut(train, sinceNs, untilNs, onPiece);
    const open = this.#open.filter((train) => isOpen(train, fromNs));
    for (; this.#read < this.#ledger.length; this.#read++) if (isOpen(this.#read, 0)) open.push(this.#read);
    this.#open = open;
    this.#untilNs = untilNs;
  }

  /** Tells the pieces in [from, to); whether packets may come after. */
  #cut(train: number, fromNs: number, toNs: number, onPiece: (piece: PacketPiece) => void): boolean {
    const { startNs, intervalNs, packets } = this.#ledger.trains;
    const atNs = (packet: number): number => startNs.at(train) + packet * intervalNs.at(train);
    const before = packetsBefore(this.#ledger, train, toNs);
    for (let packet = packetsBefore(this.#ledger, train, fromNs); packet < before;) {
      const endNs = Math.min(toNs, this.#minuteOf(atNs(packet)) + MINUTE_NS);
      const count = { packets: 0, octets: 0 };
      addBetween(this.#ledger, train, atNs(packet), endNs, count);
      const next = packet + count.packets;
      onPiece({ train, startNs: atNs(packet), endNs: atNs(next - 1), ...count });
      packet = next;
    }
    return before < packets.at(train);
  }

  /** Where the minute begins that the instant is in. */
  #minuteOf(atNs: number): number {
    return Math.floor((atNs - this.#firstNs) / MINUTE_NS) * MINUTE_NS + this.#firstNs;
  }
}
