import { NS_PER_S } from '../../time/instant.ts';
import type { CapturedFrame } from './captured-frame.ts';

/** Finer units than this would leave the safe integers in the long division. */
const MOST_UNITS_PER_S = 2 ** 37;

/** How an interface counts time: if_tsresol and if_tsoffset of draft-ietf-opsawg-pcapng-03 section 4.2. */
export class Timescale {
  readonly #exactUnitsPerS: bigint;
  readonly #unitsPerS: number;
  readonly #offsetS: number;

  /** @param resolution 10^-n seconds, or 2^-n when the high bit is set */
  constructor(resolution = 6, offsetS = 0) {
    const exponent = BigInt(resolution & 0x7f);
    this.#exactUnitsPerS = (resolution & 0x80) === 0 ? 10n ** exponent : 2n ** exponent;
    this.#unitsPerS = Number(this.#exactUnitsPerS);
    this.#offsetS = offsetS;
  }

  /** Writes the instant of a 64-bit timestamp, whose two halves are given, into the frame. */
  stamp(frame: CapturedFrame, high: number, low: number): void {
    const unitsPerS = this.#unitsPerS;
    if (unitsPerS > MOST_UNITS_PER_S) return this.#stampFine(frame, high, low);
    // Long division, 16 bits at a time: no step leaves the safe integers, and nothing is allocated.
    const first = high >>> 16;
    const second = (first % unitsPerS) * 65_536 + (high & 0xffff);
    const third = (second % unitsPerS) * 65_536 + (low >>> 16);
    const fourth = (third % unitsPerS) * 65_536 + (low & 0xffff);
    const upper = Math.floor(first / unitsPerS) * 65_536 + Math.floor(second / unitsPerS);
    const lower = Math.floor(third / unitsPerS) * 65_536 + Math.floor(fourth / unitsPerS);
    frame.timeS = this.#offsetS + upper * 2 ** 32 + lower;
    frame.timeNs = Math.floor(((fourth % unitsPerS) * NS_PER_S) / unitsPerS);
  }

  #stampFine(frame: CapturedFrame, high: number, low: number): void {
    const units = (BigInt(high) << 32n) | BigInt(low);
    frame.timeS = this.#offsetS + Number(units / this.#exactUnitsPerS);
    frame.timeNs = Number(((units % this.#exactUnitsPerS) * BigInt(NS_PER_S)) / this.#exactUnitsPerS);
  }
}
