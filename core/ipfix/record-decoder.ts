import { newMessageTimes, readCode, setMessageTimes, TIMES_CODE } from './column-code.ts';
import { columnFormOf, type ColumnForm } from './column-form.ts';
import { timeRank, type TimeBase } from './flow-time.ts';
import { minimumRecordLength, VARIABLE_LENGTH, type FieldSpecifier, type Template } from './template.ts';

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

/** A field that fills a column, by its place in the Template. */
interface BoundField {
  readonly index: number;
  readonly column: string;
  readonly form: ColumnForm;
}

/**
 * A decoder that writes each field for which `columnOf` names a column, and skips the others, variable length too. When
 * several fields name the same column the first is taken, but of times the one to believe first. Fields a column cannot hold (see `columnFormOf`) are skipped too. An IPv6
 * address takes four words of its column for each row.
 * 8-octet integers beyond 2^53 are rounded; times become milliseconds since 1970. A Template whose records may have no octets
 * gives a decoder with `minimumLength` 0 that decodes nothing.
 */
export function compileDecoder(template: Template, columnOf: (field: FieldSpecifier) => string | undefined): RecordDecoder {
  const { fields } = template;
  const minimumLength = minimumRecordLength(fields);
  const bound = bindFields(fields, columnOf);
  const boundColumns = bound.map(({ column }) => column);
  const lengths = Uint16Array.from(fields, ({ length }) => length);
  const times = newMessageTimes();
  const read = new Function('v', 'o', 'e', 'b', 'c', 'l', 't', decoderCode(fields, bound, minimumLength)) as Read;

  let boundTo: DecodeTarget | undefined;
  let columns: readonly WritableColumn[] = [];
  return {
    minimumLength,
    boundColumns,
    decode(view, offset, end, batch, base) {
      if (minimumLength === 0) return offset;
      if (batch !== boundTo) {
        columns = boundColumns.map((name) => columnNamed(batch, name));
        boundTo = batch;
      }
      setMessageTimes(times, base);
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

/**
 * Source text of a loop over records: straight code for runs of fixed-length fields and one loop for each run with fields of
 * variable length between two bound ones, so its size is bounded by the number of columns, not by what the Template holds.
 */
function decoderCode(fields: readonly FieldSpecifier[], bound: readonly BoundField[], minimumLength: number): string {
  let code = `let r=b.length,p=o;const n=b.capacity;${bound.map((_, column) => `const c${column}=c[${column}];`).join('')}${TIMES_CODE}`;
  code += `rows:while(r<n&&o+${minimumLength}<=e){p=o;`;
  // `p` is the octet the last run with variable length ended at; `fixed` is how many octets lie between it and the next field.
  let fixed = 0;
  let next = 0;
  let rest = minimumLength;
  const skipTo = (index: number): void => {
    const run = fields.slice(next, index);
    const octets = minimumRecordLength(run);
    rest -= octets;
    if (run.some((field) => field.length === VARIABLE_LENGTH)) {
      code += `p+=${fixed};${skipCode(next, index)}if(p+${rest}>e)break rows;`;
      fixed = 0;
    } else {
      fixed += octets;
    }
    next = index;
  };
  bound.forEach(({ index, form }, column) => {
    skipTo(index);
    const { length } = fields[index] as FieldSpecifier;
    if (form === 'four-words')
      code += [0, 1, 2, 3].map((word) => `c${column}[4*r+${word}]=v.getUint32(p+${fixed + 4 * word});`).join('');
    else code += `c${column}[r]=${readCode(form, length, fixed)};`;
    fixed += length;
    rest -= length;
    next = index + 1;
  });
  skipTo(fields.length);
  return `${code}o=p+${fixed};r++;}b.length=r;return o;`;
}

/** Moves `p` over the fields from `from` to `to`, by their lengths in `l` (RFC 7011 section 7). */
const skipCode = (from: number, to: number): string =>
  `for(let i=${from};i<${to};i++){let k=l[i];if(k===${VARIABLE_LENGTH}){` +
  'if(p>=e)break rows;k=v.getUint8(p++);if(k===255){if(p+2>e)break rows;k=v.getUint16(p);p+=2;}}p+=k;}';

function columnNamed(batch: DecodeTarget, name: string): WritableColumn {
  const column = (batch as unknown as Readonly<Record<string, WritableColumn | undefined>>)[name];
  if (column === undefined) throw new Error(`the batch has no column ${name}`);
  return column;
}
