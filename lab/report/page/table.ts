import { markup, NONE, type Markup, type Part } from './markup.ts';

export interface Column<Row> {
  readonly name: string;
  readonly of: (row: Row) => Part;
  /** Words are at the left, numbers at the right. */
  readonly isText?: boolean;
}

/** A table whose first column names its rows; where the paper is narrow it can be moved to the side. */
export const table = <Row>(caption: string, columns: readonly Column<Row>[], rows: readonly Row[]): Markup =>
  markup`<div class="wide" role="group" tabindex="0" aria-label="${caption}">
    <table>
      <caption>${caption}</caption>
      <thead>
        <tr>${columns.map(({ name, isText }) => markup`<th scope="col"${isText === true ? TEXT : NONE}>${name}</th>`)}</tr>
      </thead>
      <tbody>
        ${rows.map((row) => markup`<tr>${columns.map((column, index) => cell(column, row, index === 0))}</tr>\n`)}
      </tbody>
    </table>
  </div>`;

const TEXT = markup` class="text"`;

function cell<Row>({ of, isText }: Column<Row>, row: Row, isName: boolean): Markup {
  if (isName) return markup`<th scope="row">${of(row)}</th>`;
  return markup`<td${isText === true ? TEXT : NONE}>${of(row)}</td>`;
}

/** What only who wants it opens. */
export const folded = (summary: string, content: Markup): Markup =>
  markup`<details><summary>${summary}</summary>${content}</details>`;

/** A list of sentences; nothing where there is none. */
export const bullets = (sentences: readonly string[]): Markup =>
  sentences.length === 0 ? NONE : markup`<ul>${sentences.map((sentence) => markup`<li>${sentence}</li>`)}</ul>`;
