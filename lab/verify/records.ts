/** The columns of Flow Records the judge looks at: a chunk from the store or a batch decoded from a lost datagram. */
export const JUDGED_COLUMNS = [
  'sourceAddress',
  'destinationAddress',
  'sourcePort',
  'destinationPort',
  'protocol',
  'octetDeltaCount',
  'packetDeltaCount',
  'flowStartMs',
  'flowEndMs',
  'flowEndReason',
  'postNatSourceAddress',
  'postNatDestinationAddress',
  'postNaptSourcePort',
  'postNaptDestinationPort',
] as const;

export type JudgedColumn = (typeof JUDGED_COLUMNS)[number];
export type RecordColumns = Readonly<Record<JudgedColumn, ArrayLike<number>>>;

/** `id` of a record that was exported in a datagram which never arrived. */
export const LOST = -1;

/** Flow Records side by side: those in the store and those that are known to be lost. */
export class Records {
  length = 0;
  #capacity = 0;
  ids = new Float64Array(0);
  readonly columns: Record<JudgedColumn, Column>;

  constructor() {
    this.columns = Object.fromEntries(JUDGED_COLUMNS.map((name) => [name, columnFor(name, 0)])) as Record<JudgedColumn, Column>;
  }

  /** Appends `count` rows; `ids` are their row ids in the store, `undefined` for lost ones. */
  add(columns: RecordColumns, count: number, ids: ArrayLike<number> | undefined): void {
    this.#reserve(this.length + count);
    for (const name of JUDGED_COLUMNS) {
      const from = columns[name];
      const to = this.columns[name];
      for (let row = 0; row < count; row++) to[this.length + row] = from[row] as number;
    }
    for (let row = 0; row < count; row++) this.ids[this.length + row] = ids === undefined ? LOST : (ids[row] as number);
    this.length += count;
  }

  #reserve(rows: number): void {
    if (rows <= this.#capacity) return;
    this.#capacity = Math.max(rows, 2 * this.#capacity);
    const ids = new Float64Array(this.#capacity);
    ids.set(this.ids);
    this.ids = ids;
    for (const name of JUDGED_COLUMNS) {
      const wider = columnFor(name, this.#capacity);
      wider.set(this.columns[name]);
      this.columns[name] = wider;
    }
  }
}

/** A typed array of any width. */
type Column = Pick<Float64Array, 'length'> & { [index: number]: number; set(from: ArrayLike<number>): void };

/** As narrow as the element is: a day of thousands of people is ten million records. */
function columnFor(name: JudgedColumn, capacity: number): Column {
  if (name.endsWith('Address')) return new Uint32Array(capacity);
  if (name.endsWith('Port')) return new Uint16Array(capacity);
  if (name === 'protocol' || name === 'flowEndReason') return new Uint8Array(capacity);
  return new Float64Array(capacity);
}
