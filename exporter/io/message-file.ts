import { parseIPv4 } from '../../core/net/address.ts';
import type { Endpoint } from '../../core/net/endpoint.ts';
import { udpPacket } from '../../core/net/pcap.ts';
import { captureTime, type Epoch, type TrueNs } from '../../core/time/instant.ts';
import { CaptureFile } from '../../runtime/capture-file.ts';

const LOOPBACK = 0x7f00_0001;
const SOURCE_PORT = 50_000;

/** The Messages of an export as a capture file, by packet time; addresses that are names or IPv6 are written as 127.0.0.1. */
export class MessageFile {
  readonly #file: CaptureFile;
  readonly #collector: Endpoint;
  #epoch: Epoch = { unixMs: 0 };
  #identification = 0;

  /** Replaces the file at `path`. Throws what the file system says. */
  constructor(path: string, collector: Endpoint) {
    this.#file = new CaptureFile(path);
    this.#collector = collector;
  }

  /** To be called before the first Message. */
  begin(epoch: Epoch): void {
    this.#epoch = epoch;
  }

  message(now: TrueNs, payload: Uint8Array): void {
    this.#file.write(
      udpPacket({
        time: captureTime(this.#epoch, now),
        sourceAddress: LOOPBACK,
        sourcePort: SOURCE_PORT,
        destinationAddress: parseIPv4(this.#collector.address) ?? LOOPBACK,
        destinationPort: this.#collector.port,
        identification: this.#identification++,
        payload,
      }),
    );
  }

  close(): void {
    this.#file.close();
  }
}
