/** A question that cannot be understood: one sentence, and where in the text. */
export class QueryError extends Error {
  readonly sentence: string;
  /** Counted from 1. */
  readonly line: number;
  readonly column: number;
  /** The line and a caret below the place, to print after the sentence. */
  readonly drawing: readonly string[];

  /** `at` counts characters of the text from 0. The message is whole: `query:1:22 unknown dimension "peple", did you mean "people"?`. */
  constructor(sentence: string, text: string, at: number) {
    const before = text.slice(0, at).split('\n');
    const line = before.length;
    const column = (before.at(-1) as string).length + 1;
    super(`query:${line}:${column} ${sentence}`);
    this.sentence = sentence;
    this.line = line;
    this.column = column;
    const shown = (text.split('\n')[line - 1] ?? '').replace(/\t/g, ' ');
    this.drawing = [`  ${shown}`, `  ${' '.repeat(column - 1)}^`];
  }
}
