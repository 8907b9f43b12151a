/** What every batch of collected records has, whatever the records are about: where and when they came from. */
export interface CollectedRows {
  readonly capacity: number;
  /** How many rows are in use. */
  length: number;
  /** Export Time of the Message, seconds since 1970 by the exporter's clock. */
  readonly exportTimeS: Uint32Array;
  /** Microseconds since 1970 by the collector's clock. */
  readonly receivedAtUs: Float64Array;
  /** Address of the exporter: the column of its version, the other is 0; four words a row in that for IPv6. */
  readonly exporter: Uint32Array;
  readonly exporterIPv6: Uint32Array;
  readonly observationDomainId: Uint32Array;
  /** Sequence number of the Message. */
  readonly sequenceNumber: Uint32Array;
  readonly templateId: Uint16Array;
  /** Of a batch that is filled by nobody but the decoder; of any other `undefined`, and all its columns may hold anything. */
  readonly writtenColumns?: WrittenColumns | undefined;
}

/** Which columns something may have been written into since the batch was empty: all others are 0 in every row, and need not be looked at. */
export class WrittenColumns {
  readonly #names = new Set<string>();
  #latest: readonly string[] | undefined;
  #isAny = false;

  /** The same list again and again, as by one Template, costs nothing. */
  add(names: readonly string[]): void {
    if (names === this.#latest) return;
    this.#latest = names;
    for (const name of names) this.#names.add(name);
  }

  /** It may be any of them. */
  addAll(): void {
    this.#isAny = true;
  }

  has(name: string): boolean {
    return this.#isAny || this.#names.has(name);
  }

  clear(): void {
    this.#names.clear();
    this.#latest = undefined;
    this.#isAny = false;
  }
}

/** A column of a batch. */
export type Column = Float64Array | Uint32Array | Uint16Array | Uint8Array;

/** Places of a column that belong to one row: four of an IPv6 address. */
export const widthOf = (column: Column, { capacity }: Pick<CollectedRows, 'capacity'>): number => column.length / capacity;

/** Empties the batch; columns a Template does not name must read 0, not what an earlier record left. */
export function clearRows(batch: CollectedRows): void {
  // The row after the last may hold the first half of a record.
  const rows = Math.min(batch.capacity, batch.length + 1);
  const { writtenColumns } = batch;
  for (const { name, column } of columnsOf(batch))
    if (writtenColumns?.has(name) !== false) column.fill(0, 0, widthOf(column, batch) * rows);
  writtenColumns?.clear();
  batch.length = 0;
}

/** Takes the first rows out of a batch; the others move up. */
export function dropRows(batch: CollectedRows, rows: number): void {
  const { length } = batch;
  for (const { column } of columnsOf(batch)) {
    const width = widthOf(column, batch);
    column.copyWithin(0, width * rows, width * length);
    column.fill(0, width * (length - rows), width * length);
  }
  batch.length = length - rows;
}

/** Undoes the first half of a record that turned out to be malformed. */
export function clearRow(batch: CollectedRows, row: number): void {
  for (const { column } of columnsOf(batch)) {
    const width = widthOf(column, batch);
    column.fill(0, width * row, width * (row + 1));
  }
}

/**
 * Copies a row over another one. The batch it comes from may have more columns behind those of the other, as that of a subclass has; those stay
 * behind.
 */
export function copyRow(from: CollectedRows, row: number, batch: CollectedRows, to: number): void {
  const sources = columnsOf(from);
  columnsOf(batch).forEach(({ column }, index) => {
    const { column: source } = sources[index] as NamedColumn;
    const width = widthOf(column, batch);
    for (let word = 0; word < width; word++) column[width * to + word] = source[width * row + word] as number;
  });
}

const known = new WeakMap<CollectedRows, readonly NamedColumn[]>();

interface NamedColumn {
  readonly name: string;
  readonly column: Column;
}

function columnsOf(batch: CollectedRows): readonly NamedColumn[] {
  let columns = known.get(batch);
  if (columns === undefined) {
    columns = Object.entries(batch).flatMap(([name, column]) =>
      ArrayBuffer.isView(column) ? [{ name, column: column as Column }] : [],
    );
    known.set(batch, columns);
  }
  return columns;
}
