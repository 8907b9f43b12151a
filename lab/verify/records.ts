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
  readonly columns: Record<JudgedColumn, Float64Array>;

  constructor() {
    this.columns = Object.fromEntries(JUDGED_COLUMNS.map((name) => [name, new Float64Array(0)])) as Record<
      JudgedColumn,
      Float64Array
    >;
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
    const widen = (from: Float64Array): Float64Array<ArrayBuffer> => {
      const wider = new Float64Array(this.#capacity);
      wider.set(from);
      return wider;
    };
    this.ids = widen(this.ids);
    for (const name of JUDGED_COLUMNS) this.columns[name] = widen(this.columns[name]);
  }
}
