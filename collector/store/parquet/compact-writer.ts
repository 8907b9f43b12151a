/** Kinds of values by the numbers of the Thrift compact protocol. */
const TYPES = { i32: 5, i64: 6, text: 8, list: 9, struct: 12 } as const;

/** Fields are told by how much their number is more than that of the one before, in four bits. */
const LARGEST_STEP = 15;
/** Lists of so many and more have their length behind the first octet. */
const LONG_LIST = 15;

/** Writes structures in the Thrift compact protocol, in which Parquet says what is where. Fields go in the order of their numbers. */
export class CompactWriter {
  readonly #octets: number[] = [];
  #lastField = 0;

  get octets(): Uint8Array {
    return Uint8Array.from(this.#octets);
  }

  i32(field: number, value: number): this {
    return this.#whole(field, TYPES.i32, value);
  }

  i64(field: number, value: number): this {
    return this.#whole(field, TYPES.i64, value);
  }

  text(field: number, value: string): this {
    this.#field(field, TYPES.text);
    this.#text(value);
    return this;
  }

  struct(field: number, write: (writer: this) => void): this {
    this.#field(field, TYPES.struct);
    this.#struct(write);
    return this;
  }

  structs<Item>(field: number, items: readonly Item[], write: (writer: this, item: Item) => void): this {
    this.#list(field, TYPES.struct, items.length);
    for (const item of items) this.#struct((writer) => write(writer, item));
    return this;
  }

  i32s(field: number, values: readonly number[]): this {
    this.#list(field, TYPES.i32, values.length);
    for (const value of values) this.#varint(zigzag(value));
    return this;
  }

  texts(field: number, values: readonly string[]): this {
    this.#list(field, TYPES.text, values.length);
    for (const value of values) this.#text(value);
    return this;
  }

  /** Ends the structure: nothing may follow. */
  end(): Uint8Array {
    this.#octets.push(0);
    return this.octets;
  }

  #whole(field: number, type: number, value: number): this {
    this.#field(field, type);
    this.#varint(zigzag(value));
    return this;
  }

  #text(value: string): void {
    const octets = Buffer.from(value);
    this.#varint(octets.length);
    for (const octet of octets) this.#octets.push(octet);
  }

  #struct(write: (writer: this) => void): void {
    const outer = this.#lastField;
    this.#lastField = 0;
    write(this);
    this.#octets.push(0);
    this.#lastField = outer;
  }

  #list(field: number, type: number, length: number): void {
    this.#field(field, TYPES.list);
    if (length < LONG_LIST) this.#octets.push((length << 4) | type);
    else {
      this.#octets.push((LONG_LIST << 4) | type);
      this.#varint(length);
    }
  }

  #field(field: number, type: number): void {
    const step = field - this.#lastField;
    if (step < 1 || step > LARGEST_STEP) throw new RangeError(`field ${field} cannot follow ${this.#lastField}`);
    this.#octets.push((step << 4) | type);
    this.#lastField = field;
  }

  #varint(value: number): void {
    pushVarint(this.#octets, value);
  }
}

/** Seven bits to an octet, the lowest first, of a whole number that is not negative. */
export function varint(value: number): number[] {
  const octets: number[] = [];
  pushVarint(octets, value);
  return octets;
}

function pushVarint(octets: number[], value: number): void {
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 0x80)) octets.push((rest % 0x80) | 0x80);
  octets.push(rest);
}

/** Signs go into the lowest bit. Exact for numbers from -2^52 to 2^53. */
export const zigzag = (value: number): number => (value < 0 ? -2 * value - 1 : 2 * value);
