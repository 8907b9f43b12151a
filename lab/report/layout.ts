import { styleText } from 'node:util';
import { oneLine } from './format.ts';

export type Style = 'bold' | 'dim' | 'green' | 'red' | 'yellow';

/** The paper a report is written on: lines of at most `width` columns, coloured or not. */
export class Page {
  readonly width: number;
  readonly #colour: boolean;
  readonly #lines: string[] = [];

  constructor({ colour, width }: { colour: boolean; width: number }) {
    this.#colour = colour;
    this.width = Math.max(40, width);
  }

  style(style: Style, text: string): string {
    return this.#colour ? styleText(style, text, { validateStream: false }) : text;
  }

  /** A line as it is: for tables, whose columns have been measured. */
  line(text = ''): void {
    this.#lines.push(text.trimEnd());
  }

  heading(text: string): void {
    this.line();
    this.line(this.style('bold', text));
  }

  /** Running text, broken between words; `mark` stands before the first line, the others align with it. */
  text(text: string, { indent = 2, mark = '', style }: { indent?: number; mark?: string; style?: Style } = {}): void {
    const first = ' '.repeat(indent) + mark;
    const room = Math.max(20, this.width - first.length);
    for (const [index, line] of wrap(oneLine(text), room).entries()) {
      const start = index === 0 ? first : ' '.repeat(first.length);
      this.line(start + (style === undefined ? line : this.style(style, line)));
    }
  }

  /** Rows of equally wide columns; `align` has one letter a column. */
  table(rows: readonly (readonly string[])[], align: string, { indent = 2, after = [] as readonly (() => void)[] } = {}): void {
    const widths = [...align].map((_, column) => Math.max(0, ...rows.map((row) => (row[column] ?? '').length)));
    for (const [index, row] of rows.entries()) {
      const cells = row.map((cell, column) =>
        align[column] === 'r' ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      );
      this.line(' '.repeat(indent) + cells.join('   '));
      after[index]?.();
    }
  }

  toString(): string {
    return `${this.#lines.join('\n')}\n`;
  }
}

/** Lines of at most `room` characters; a longer word has a line of its own. */
export function wrap(text: string, room: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > room) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/** At most `length` characters; what is cut off is shown by an ellipsis. */
export const clip = (text: string, length: number): string => (text.length <= length ? text : `${text.slice(0, length - 1)}…`);
