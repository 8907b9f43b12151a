import { findIPv6 } from '../../core/net/address-book.ts';

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
/** Addresses are numbers of the address book. */
export type RecordColumns = Readonly<Record<JudgedColumn, ArrayLike<number>>>;

/** Addresses of 128 bits are four words a row beside the columns of 32 bits. */
export const FLOW_COLUMNS = [
  ...JUDGED_COLUMNS,
  'ipVersion',
  'sourceIPv6',
  'destinationIPv6',
  'postNatSourceIPv6',
  'postNatDestinationIPv6',
] as const;

export type FlowColumns = Readonly<Record<(typeof FLOW_COLUMNS)[number], ArrayLike<number>>>;

/** An IPv6 address that nobody in the simulation has. */
export const STRANGER = -1;

const IPV6 = 6;

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

  /** The same as `add`, of Flow Records that have addresses as they came over the wire. */
  addFlows(flows: FlowColumns, count: number, ids: ArrayLike<number> | undefined): void {
    const { ipVersion } = flows;
    const isIPv6 = (row: number): boolean => ipVersion[row] === IPV6;
    this.add(
      {
        ...flows,
        sourceAddress: addresses(flows.sourceAddress, flows.sourceIPv6, count, isIPv6),
        destinationAddress: addresses(flows.destinationAddress, flows.destinationIPv6, count, isIPv6),
        postNatSourceAddress: addresses(flows.postNatSourceAddress, flows.postNatSourceIPv6, count),
        postNatDestinationAddress: addresses(flows.postNatDestinationAddress, flows.postNatDestinationIPv6, count),
      },
      count,
      ids,
    );
  }

  /** Appends `count` rows; `ids` are their row ids in the store, `undefined` for lost ones. */
  add(columns: RecordColumns, count: number, ids: ArrayLike<number> | undefined): void {
    this.#reserve(this.length + count);
    for (const name of JUDGED_COLUMNS) {
      const from = columns[name];
      const to = this.#roomFor(name, from, count);
      for (let row = 0; row < count; row++) to[this.length + row] = from[row] as number;
    }
    for (let row = 0; row < count; row++) this.ids[this.length + row] = ids === undefined ? LOST : (ids[row] as number);
    this.length += count;
  }

  /** The column, widened when it has 32 bits and an address needs more. */
  #roomFor(name: JudgedColumn, from: ArrayLike<number>, count: number): Column {
    const column = this.columns[name];
    if (!(column instanceof Uint32Array)) return column;
    for (let row = 0; row < count; row++) {
      const address = from[row] as number;
      if (address >>> 0 === address) continue;
      return (this.columns[name] = new Float64Array(column));
    }
    return column;
  }

  #reserve(rows: number): void {
    if (rows <= this.#capacity) return;
    this.#capacity = Math.max(rows, 2 * this.#capacity);
    const ids = new Float64Array(this.#capacity);
    ids.set(this.ids);
    this.ids = ids;
    for (const name of JUDGED_COLUMNS) {
      const isWide = this.columns[name] instanceof Float64Array;
      const wider = isWide ? new Float64Array(this.#capacity) : columnFor(name, this.#capacity);
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

/** Numbers of addresses: the words of a row where they are said to count, or, when nothing says so, are not all 0. */
function addresses(
  numbers: ArrayLike<number>,
  words: ArrayLike<number>,
  count: number,
  isIPv6 = (row: number): boolean => hasWords(words, 4 * row),
): ArrayLike<number> {
  const found = new Float64Array(count);
  for (let row = 0; row < count; row++)
    found[row] = isIPv6(row) ? (findIPv6(words, 4 * row) ?? STRANGER) : (numbers[row] as number);
  return found;
}

const hasWords = (words: ArrayLike<number>, at: number): boolean =>
  words[at] !== 0 || words[at + 1] !== 0 || words[at + 2] !== 0 || words[at + 3] !== 0;
