type NumberArray = Float64Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Uint16Array<ArrayBuffer> | Uint8Array<ArrayBuffer>;

/** A typed array that grows: the ledger holds millions of rows, and an object per row would not fit. */
export class GrowingColumn<T extends NumberArray> {
  /** The rows so far and spare room behind them. */
  values: T;
  length = 0;
  readonly #create: (capacity: number) => T;

  constructor(create: (capacity: number) => T) {
    this.#create = create;
    this.values = create(1_024);
  }

  push(value: number): void {
    if (this.length === this.values.length) {
      const wider = this.#create(this.length * 2);
      wider.set(this.values as never);
      this.values = wider;
    }
    this.values[this.length++] = value;
  }

  at(index: number): number {
    return this.values[index] as number;
  }
}

export const float64Column = () => new GrowingColumn((capacity) => new Float64Array(capacity));
export const uint32Column = () => new GrowingColumn((capacity) => new Uint32Array(capacity));
export const uint16Column = () => new GrowingColumn((capacity) => new Uint16Array(capacity));
export const uint8Column = () => new GrowingColumn((capacity) => new Uint8Array(capacity));
