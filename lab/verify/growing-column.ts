import { isIPv6 } from '../../core/net/address-book.ts';

type NumberArray = Float64Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Uint16Array<ArrayBuffer> | Uint8Array<ArrayBuffer>;

/** A typed array that grows: the ledger holds millions of rows, and an object per row would not fit. */
export class GrowingColumn<T extends NumberArray> {
  /** The rows so far and spare room behind them. */
  values: T;
  length = 0;
  protected create: (capacity: number) => T;

  constructor(create: (capacity: number) => T) {
    this.create = create;
    this.values = create(1_024);
  }

  push(value: number): void {
    if (this.length === this.values.length) this.move(this.length * 2);
    this.values[this.length++] = value;
  }

  at(index: number): number {
    return this.values[index] as number;
  }

  /** Makes the rows anew, with room for `capacity`. */
  protected move(capacity: number): void {
    const moved = this.create(capacity);
    moved.set(this.values as never);
    this.values = moved;
  }
}

/** Address numbers: 32 bits each until the first IPv6 one comes, so that an office without any pays nothing for them. */
class AddressColumn extends GrowingColumn<Uint32Array<ArrayBuffer> | Float64Array<ArrayBuffer>> {
  #isWide = false;

  override push(address: number): void {
    if (!this.#isWide && isIPv6(address)) {
      this.#isWide = true;
      this.create = (capacity) => new Float64Array(capacity);
      this.move(this.values.length);
    }
    super.push(address);
  }
}

export const addressColumn = () => new AddressColumn((capacity) => new Uint32Array(capacity));
export const float64Column = () => new GrowingColumn((capacity) => new Float64Array(capacity));
export const uint32Column = () => new GrowingColumn((capacity) => new Uint32Array(capacity));
export const uint16Column = () => new GrowingColumn((capacity) => new Uint16Array(capacity));
export const uint8Column = () => new GrowingColumn((capacity) => new Uint8Array(capacity));
