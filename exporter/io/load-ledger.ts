import { closeSync, openSync, writeSync } from 'node:fs';
import type { LoadExporter } from '../load/load-exporter.ts';

const HEADER = 'second,exporter,source,domain,messages,data_records,flows,packets,octets\n';

/** Who a line of the ledger is about. */
export interface LedgerExporter {
  readonly source: string;
  readonly domain: number;
  readonly exported: LoadExporter['exported'];
}

/** The truth about a load run: what each exporter has sent up to the end of each second, from the beginning. */
export class LoadLedger {
  readonly #file: number;
  readonly #exporters: readonly LedgerExporter[];

  /** Throws an Error of one sentence when the file cannot be written. */
  constructor(path: string, exporters: readonly LedgerExporter[]) {
    this.#exporters = exporters;
    try {
      this.#file = openSync(path, 'w');
    } catch (error) {
      throw new Error(`cannot write ${path}: ${(error as NodeJS.ErrnoException).code}`, { cause: error });
    }
    writeSync(this.#file, HEADER);
  }

  /** Writes a line for each exporter. */
  write(second: number): void {
    const lines = this.#exporters.map(({ source, domain, exported }, index) => {
      const { messages, dataRecords, flows, packets, octets } = exported;
      return `${second},${index},${source},${domain},${messages},${dataRecords},${flows},${packets},${octets}\n`;
    });
    writeSync(this.#file, lines.join(''));
  }

  close(): void {
    closeSync(this.#file);
  }
}
