import { writeCode } from './column-code.ts';
import { columnFormOf } from './column-form.ts';
import type { Template } from './template.ts';

/** Columns by name; a `FlowBatch` is one (its other members are never read). */
export type Columns = Readonly<Record<string, ArrayLike<number>>>;

/** Writes Data Records of one Template from columns. */
export interface RecordEncoder {
  readonly templateId: number;
  /** Octets of every record. */
  readonly length: number;
  /**
   * Writes row `row` at `offset`; the view must have `length` octets there. The arrays behind the names must stay the same as
   * long as the same `columns` is passed.
   */
  encode(view: DataView, offset: number, columns: Columns, row: number): void;
}

type Write = (view: DataView, offset: number, columns: readonly ArrayLike<number>[], row: number) => void;

/**
 * An encoder whose field `i` is filled from the column `columnNames[i]`, as straight code without a loop over fields. Times are
 * milliseconds since 1970 in the column and in the field's own unit on the wire. A column's value that is too large for its
 * field loses its highest bits. Throws when a field has no fixed length of 1 to 8 octets or is not a number.
 */
export function compileEncoder(template: Template, columnNames: readonly string[]): RecordEncoder {
  const { id, fields } = template;
  if (columnNames.length !== fields.length) throw new Error(`Template ${id}: ${fields.length} fields need as many columns`);
  let length = 0;
  let body = 'let x,s;';
  fields.forEach((field, index) => {
    const form = columnFormOf(field);
    if (form === undefined) throw new Error(`Template ${id}: element ${field.elementId} cannot be filled from a column`);
    body += `x=c[${index}][r];${writeCode(form, field.length, length)}`;
    length += field.length;
  });
  const write = new Function('v', 'p', 'c', 'r', body) as Write;

  let boundTo: Columns | undefined;
  let bound: readonly ArrayLike<number>[] = [];
  return {
    templateId: id,
    length,
    encode(view, offset, columns, row) {
      if (columns !== boundTo) {
        bound = columnNames.map((name) => columnNamed(columns, name));
        boundTo = columns;
      }
      write(view, offset, bound, row);
    },
  };
}

function columnNamed(columns: Columns, name: string): ArrayLike<number> {
  const column = columns[name];
  if (column === undefined) throw new Error(`no column ${name}`);
  return column;
}
