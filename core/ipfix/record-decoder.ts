import { columnFormOf } from './column-form.ts';
import { decoderCode, newMessageTimes, setMessageTimes, type BoundField } from './decoder-code.ts';
import { timeRank, type TimeBase } from './flow-time.ts';
import { minimumRecordLength, type FieldSpecifier, type Template } from './template.ts';

/** What records are decoded into: rows in use, rows there are, and beside them the columns as typed arrays. */
export interface DecodeTarget {
  length: number;
  readonly capacity: number;
}

type WritableColumn = Float64Array | Float32Array | Uint32Array | Uint16Array | Uint8Array | Int32Array | Int16Array | Int8Array;

/** Reads Data Records of one Template into columns. */
export interface RecordDecoder {
  /** Octets of the shortest record. What is left of a Set when it is less is padding (RFC 7011 section 3.3.1). */
  readonly minimumLength: number;
  /** The columns `decode` writes; all others keep what they hold. */
  readonly boundColumns: readonly string[];
  /**
   * Appends rows to `batch` until `end`, the batch is full or a record does not end before `end`, and returns the offset it
   * reached. Never throws on any octets. A malformed record may have left values in the row after the last. `base` is the Message's: without
   * it times that need it are 0.
   */
  decode(view: DataView, offset: number, end: number, batch: DecodeTarget, base?: TimeBase): number;
}

type Read = (
  view: DataView,
  offset: number,
  end: number,
  batch: DecodeTarget,
  columns: readonly WritableColumn[],
  lengths: ArrayLike<number>,
  times: Float64Array,
) => number;

/**
 * A decoder that writes each field for which `columnOf` names a column, and skips the others, variable length too. When
 * several fields name the same column the first is taken, but of times the one to believe first. Fields a column cannot hold
 * (see `columnFormOf`) are skipped too. An IPv6 address takes four words of its column for each row.
 * 8-octet integers beyond 2^53 are rounded; times become milliseconds since 1970, 0 when nobody can know them. A Template whose records may have no octets
 * gives a decoder with `minimumLength` 0 that decodes nothing.
 */
export function compileDecoder(template: Template, columnOf: (field: FieldSpecifier) => string | undefined): RecordDecoder {
  const { fields } = template;
  const minimumLength = minimumRecordLength(fields);
  const bound = bindFields(fields, columnOf);
  const boundColumns = bound.map(({ column }) => column);
  const lengths = Uint16Array.from(fields, ({ length }) => length);
  const times = newMessageTimes();
  const compile = (): Read => new Function('v', 'o', 'e', 'b', 'c', 'l', 't', decoderCode(fields, bound, minimumLength)) as Read;

  // Most of the work, and for nothing when no data come: so a flood of Templates costs less.
  let read: Read | undefined;
  let boundTo: DecodeTarget | undefined;
  const columns: WritableColumn[] = [];
  return {
    minimumLength,
    boundColumns,
    decode(view, offset, end, batch, base) {
      if (minimumLength === 0) return offset;
      if (batch !== boundTo) {
        boundColumns.forEach((name, column) => (columns[column] = columnNamed(batch, name)));
        boundTo = batch;
      }
      setMessageTimes(times, base);
      read ??= compile();
      return read(view, offset, Math.min(end, view.byteLength), batch, columns, lengths, times);
    },
  };
}

/** The field for each column, in the order of the Template. */
function bindFields(fields: readonly FieldSpecifier[], columnOf: (field: FieldSpecifier) => string | undefined): BoundField[] {
  const byColumn = new Map<string, BoundField & { readonly rank: number }>();
  fields.forEach((field, index) => {
    const form = columnFormOf(field);
    const column = form && columnOf(field);
    if (form === undefined || column === undefined) return;
    const rank = timeRank(field.elementId);
    const rival = byColumn.get(column);
    if (rival === undefined || rank < rival.rank) byColumn.set(column, { index, column, form, rank });
  });
  return [...byColumn.values()].sort((one, other) => one.index - other.index);
}

function columnNamed(batch: DecodeTarget, name: string): WritableColumn {
  const column = (batch as unknown as Readonly<Record<string, WritableColumn | undefined>>)[name];
  if (column === undefined) throw new Error(`the batch has no column ${name}`);
  return column;
}
