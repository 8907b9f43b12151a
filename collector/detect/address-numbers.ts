import { exactNumber, isIPv4, type StoredAddress } from '../../core/net/stored-address.ts';
import { addressWords } from './address-words.ts';
import { KeyTable } from './key-table.ts';

/** The number of no address. */
export const NO_ADDRESS = 0;
/** Numbers stay below 2^32, so an address that comes back after its place changed hands so often may have one that was another's. */
const GENERATIONS = 2 ** 12;

/**
 * Small whole numbers for addresses, so that detectors compare and keep numbers. An address keeps its number while it is in use; one that
 * was forgotten for want of room gets another when it comes back, and its old number stands for nobody.
 */
export class AddressNumbers {
  readonly #table: KeyTable;

  /** `capacity`: addresses at a time, at most 2^20 - 1. */
  constructor(capacity: number) {
    this.#table = new KeyTable(capacity);
  }

  /** Addresses that were forgotten for want of room. */
  get forgotten(): number {
    return this.#table.forgotten;
  }

  /** Of the words of an address, the highest first; those of IPv4 are 0, 0, 0 and the address. */
  numberOf(first: number, second: number, third: number, fourth: number): number {
    if (fourth === 0 && third === 0 && second === 0 && first === 0) return NO_ADDRESS;
    const place = this.#table.placeOf(first, second, third, fourth);
    return (this.#table.generationOf(place) % GENERATIONS) * this.#table.capacity + place + 1;
  }

  /** The same of an address as it is stored. */
  numberOfStored(address: StoredAddress): number {
    if (isIPv4(address)) return this.numberOf(0, 0, 0, Number(address));
    const words = addressWords(address);
    return this.numberOf(words[0] as number, words[1] as number, words[2] as number, words[3] as number);
  }

  /** The address of a number; 0 of `NO_ADDRESS` and of what was forgotten. */
  addressOf(number: number): StoredAddress {
    if (number === NO_ADDRESS) return 0;
    const { capacity } = this.#table;
    const place = (number - 1) % capacity;
    if (this.#table.generationOf(place) % GENERATIONS !== Math.floor((number - 1) / capacity)) return 0;
    let address = 0n;
    for (let word = 0; word < 4; word++) address = (address << 32n) | BigInt(this.#table.word(place, word));
    return exactNumber(address);
  }
}
