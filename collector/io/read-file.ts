import { once } from 'node:events';
import { open } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import type { ReadingConfig } from '../reading/config.ts';
import { FileReader } from '../reading/file-reader.ts';
import type { ReadRecord } from '../reading/record.ts';
import { summarise } from '../reading/summary.ts';
import { summaryTable, TABLE_HEAD, tableLine } from './record-table.ts';

const READ_OCTETS = 1 << 18;
/** Text is written in pieces of at least so many characters. */
const WRITE_CHARACTERS = 1 << 16;

export interface ReadOptions {
  /** A capture or an IPFIX File, `-` for standard input. */
  readonly file: string;
  /** Only datagrams to this port. */
  readonly port: number | undefined;
  readonly json: boolean;
  readonly config: ReadingConfig;
}

/**
 * Writes each record of a file as a line, and at the end what was counted. Rejects with an Error of one sentence when the file cannot be read or is
 * none of those that can.
 */
export async function readFile({ file, port, json, config }: ReadOptions, output: Writable): Promise<void> {
  const lines = new LineWriter(output);
  const lineOf = json ? (record: ReadRecord): string => JSON.stringify(record) : tableLine;
  const reader = new FileReader(config, port, (record) => lines.add(lineOf(record)));
  if (!json) lines.add(TABLE_HEAD);
  for await (const octets of octetsOf(file)) {
    reader.handle(octets);
    await lines.room();
    if (lines.isClosed) return lines.check();
  }
  reader.end();
  if (reader.capture.mistakes.byCode.has('not-a-capture') && reader.reader.counters.messages === 0) {
    throw new Error(`${file} is neither a capture (pcap, pcapng) nor an IPFIX File`);
  }
  const summary = summarise(reader);
  for (const line of json ? [JSON.stringify({ counts: summary })] : ['', ...summaryTable(summary)]) lines.add(line);
  await lines.end();
}

/** Gathers lines to larger pieces, and waits for whoever reads them. */
class LineWriter {
  /** Whoever read them has gone, as `head` does. */
  isClosed = false;
  readonly #output: Writable;
  /** Why nothing can be written, when it is not that the reader has gone. */
  #failure: string | undefined;
  #text = '';
  #isBehind = false;

  constructor(output: Writable) {
    this.#output = output;
    output.once('error', ({ code = 'unknown' }: NodeJS.ErrnoException) => {
      this.isClosed = true;
      if (code !== 'EPIPE') this.#failure = code;
    });
  }

  add(line: string): void {
    this.#text += `${line}\n`;
    if (this.#text.length >= WRITE_CHARACTERS) this.#write();
  }

  /** Resolves when there is room for more. */
  async room(): Promise<void> {
    if (!this.#isBehind || this.isClosed) return;
    const settled = new AbortController();
    const { signal } = settled;
    await Promise.race([once(this.#output, 'drain', { signal }), once(this.#output, 'close', { signal })]).catch(() => undefined);
    settled.abort();
    this.#isBehind = false;
  }

  async end(): Promise<void> {
    if (!this.isClosed) await new Promise((resolve) => this.#output.write(this.#text, resolve));
    this.check();
  }

  /** Throws when what was read could not be written, as on a full disk. */
  check(): void {
    if (this.#failure !== undefined) throw new Error(`cannot write the records: ${this.#failure}`);
  }

  #write(): void {
    if (!this.isClosed) this.#isBehind = !this.#output.write(this.#text);
    this.#text = '';
  }
}

async function* octetsOf(path: string): AsyncGenerator<Uint8Array> {
  try {
    yield* path === '-' ? process.stdin : (await open(path)).createReadStream({ highWaterMark: READ_OCTETS });
  } catch (error) {
    throw new Error(`cannot read ${path}: ${(error as NodeJS.ErrnoException).code}`, { cause: error });
  }
}
