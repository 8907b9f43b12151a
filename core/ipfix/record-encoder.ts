import { readSource, type FieldSource } from './field-source.ts';
import { writeCode } from './column-code.ts';
import { numberFormOf } from './column-form.ts';
import type { Template } from './template.ts';

/** Columns by name; a `FlowBatch` is one (its other members are never read). */
export type Columns = Readonly<Record<string, ArrayLike<number>>>;

/** Writes Data Records of one Template from columns. */
export interface RecordEncoder {
  readonly templateId: number;
  /** Octets of every record. */
  readonly length: number;
  /**
   * Writes `count` rows, `row` and on, at `offset`; the view must have `length` octets for each there. The arrays behind the names must stay the same as
   * long as the same `columns` is passed. `exportTimeMs` is that of the Message's header, for times told relative to it.
   */
  encode(view: DataView, offset: number, columns: Columns, row: number, exportTimeMs?: number, count?: number): void;
}

type Write = (
  view: DataView,
  offset: number,
  columns: readonly ArrayLike<number>[],
  row: number,
  exportTimeMs: number,
  count: number,
) => void;

/**
 * An encoder whose field `i` is filled from `sources[i]`, as straight code without a loop over fields. Times are milliseconds
 * since 1970 in the column and in the field's own unit on the wire. A number that is too large for its field loses its highest
 * bits unless its source says otherwise. Throws when a field cannot be filled from its source.
 */
export function compileEncoder(template: Template, sources: readonly FieldSource[]): RecordEncoder {
  const { id, fields } = template;
  if (sources.length !== fields.length) throw new Error(`Template ${id}: ${fields.length} fields need as many columns`);
  let length = 0;
  let body = '';
  sources.forEach((source, index) => {
    const field = fields[index] as Template['fields'][number];
    const { code, isWritten } = readSource(source, index, field.length, length);
    const form = isWritten ? undefined : numberFormOf(field);
    if (!isWritten && form === undefined)
      throw new Error(`Template ${id}: element ${field.elementId} cannot be filled from a column`);
    body += code + (form === undefined ? '' : writeCode(form, field.length, length));
    length += field.length;
  });
  const variables = ['x', 's', ...sources.map((_, index) => `c${index}=c[${index}]`)];
  const code = `let ${variables.join(',')};for(;n>0;n--,r++,p+=${length}){${body}}`;
  const write = new Function('v', 'p', 'c', 'r', 't', 'n', code) as Write;
  const names = sources.map((source) => (typeof source === 'string' ? source : source.column));

  let boundTo: Columns | undefined;
  let bound: readonly ArrayLike<number>[] = [];
  return {
    templateId: id,
    length,
    encode(view, offset, columns, row, exportTimeMs = 0, count = 1) {
      if (columns !== boundTo) {
        bound = names.map((name) => (name === undefined ? [] : columnNamed(columns, name)));
        boundTo = columns;
      }
      write(view, offset, bound, row, exportTimeMs, count);
    },
  };
}

function columnNamed(columns: Columns, name: string): ArrayLike<number> {
  const column = columns[name];
  if (column === undefined) throw new Error(`no column ${name}`);
  return column;
}
