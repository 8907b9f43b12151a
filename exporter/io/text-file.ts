import { closeSync, openSync, writeSync } from 'node:fs';

const KEPT_CHARACTERS = 65_536;

/** A text file that is written in large pieces. */
export class TextFile {
  readonly #file: number;
  #text: string;

  /** Throws an Error of one sentence when it cannot be written. */
  constructor(path: string, header: string) {
    try {
      this.#file = openSync(path, 'w');
    } catch (error) {
      throw new Error(`cannot write ${path}: ${(error as NodeJS.ErrnoException).code}`, { cause: error });
    }
    this.#text = header;
  }

  write(line: string): void {
    this.#text += line;
    if (this.#text.length > KEPT_CHARACTERS) this.flush();
  }

  flush(): void {
    writeSync(this.#file, this.#text);
    this.#text = '';
  }

  close(): void {
    this.flush();
    closeSync(this.#file);
  }
}
