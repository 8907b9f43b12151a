import { closeSync, openSync, writeSync } from 'node:fs';
import { fileHeader } from '../core/net/pcap.ts';

const FLUSH_OCTETS = 1 << 20;

/** A capture file that is being written, in large pieces. */
export class CaptureFile {
  readonly #file: number;
  readonly #pending = new Uint8Array(2 * FLUSH_OCTETS);
  #pendingOctets = 0;

  /** Replaces the file at `path`. Throws what the file system says. */
  constructor(path: string) {
    this.#file = openSync(path, 'w');
    this.write(fileHeader());
  }

  /** Takes a whole packet record of no more than 1 MiB; its octets are copied. */
  write(record: Uint8Array): void {
    this.#pending.set(record, this.#pendingOctets);
    this.#pendingOctets += record.length;
    if (this.#pendingOctets >= FLUSH_OCTETS) this.#flush();
  }

  close(): void {
    this.#flush();
    closeSync(this.#file);
  }

  #flush(): void {
    for (let written = 0; written < this.#pendingOctets;)
      written += writeSync(this.#file, this.#pending, written, this.#pendingOctets - written);
    this.#pendingOctets = 0;
  }
}
