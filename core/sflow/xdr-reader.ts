import { formatIPv4 } from '../net/address.ts';
import { formatIPv6Groups } from '../net/ipv6-text.ts';

const UNIT_OCTETS = 4;
const TWO_32 = 2 ** 32;
/** Control and format characters, lone surrogates, and separators of lines. */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/gu;

/**
 * Reads values of XDR (RFC 4506), which sFlow is written in, one after the other. Beyond the end all values are 0 and `isOver` is true; it
 * never throws.
 */
export class XdrReader {
  readonly view: DataView;
  /** The next octet. */
  at: number;
  readonly end: number;
  isOver = false;

  constructor(view: DataView, at: number, end: number) {
    this.view = view;
    this.at = at;
    this.end = Math.min(end, view.byteLength);
  }

  get left(): number {
    return this.end - this.at;
  }

  uint32(): number {
    if (!this.#has(UNIT_OCTETS)) return 0;
    this.at += UNIT_OCTETS;
    return this.view.getUint32(this.at - UNIT_OCTETS);
  }

  /** Beyond 2^53 - 1 as text. */
  uint64(): number | string {
    const high = this.uint32();
    const low = this.uint32();
    const value = high * TWO_32 + low;
    return Number.isSafeInteger(value) ? value : ((BigInt(high) << 32n) | BigInt(low)).toString();
  }

  /** So many octets and what fills them up to four; none when they are not there. */
  octets(length: number): Uint8Array {
    // The filling of the last value is left out by some.
    if (!this.#has(length)) return new Uint8Array(0);
    const octets = new Uint8Array(this.view.buffer, this.view.byteOffset + this.at, length);
    this.at = Math.min(this.end, this.at + Math.ceil(length / UNIT_OCTETS) * UNIT_OCTETS);
    return octets;
  }

  /** A MAC address: six octets of eight. */
  macAddress(): string {
    return Array.from(this.octets(6), (octet) => octet.toString(16).padStart(2, '0')).join(':');
  }

  /** Octets with their length before them, as text. What moves a cursor or turns the direction of writing is shown by its number. */
  text(): string {
    const text = new TextDecoder().decode(this.octets(this.uint32()));
    return text.replace(UNPRINTABLE, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
  }

  /** An address with its kind before it; `undefined` when it is unknown. */
  address(): string | undefined {
    switch (this.uint32()) {
      case 1:
        return formatIPv4(this.uint32());
      case 2: {
        const octets = this.octets(16);
        return octets.length === 16 ? formatIPv6Groups(octets) : undefined;
      }
      default:
        return undefined;
    }
  }

  /** A list with its length before it; ends when its octets do. */
  list<T>(read: () => T): T[] {
    const count = this.uint32();
    const values: T[] = [];
    while (values.length < count && !this.isOver) values.push(read());
    return values;
  }

  #has(length: number): boolean {
    if (!this.isOver && length <= this.left) return true;
    this.isOver = true;
    return false;
  }
}
