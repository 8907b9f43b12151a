import { udpPacket } from '../../core/net/pcap.ts';
import { captureTime, type Epoch, type TrueNs } from '../../core/time/instant.ts';
import { CaptureFile } from '../../runtime/capture-file.ts';

const LOOPBACK = 0x7f00_0001;
const SOURCE_PORT = 50_000;
const IPFIX_PORT = 4_739;

/** The Messages of an export as a capture file, by packet time, as if sent over UDP on loopback. */
export class MessageFile {
  readonly #file: CaptureFile;
  #epoch: Epoch = { unixMs: 0 };
  #identification = 0;

  /** Replaces the file at `path`. Throws an Error of one sentence when it cannot be written. */
  constructor(path: string) {
    try {
      this.#file = new CaptureFile(path);
    } catch (error) {
      throw new Error(`cannot write ${path}: ${(error as NodeJS.ErrnoException).code}`, { cause: error });
    }
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
        destinationAddress: LOOPBACK,
        destinationPort: IPFIX_PORT,
        identification: this.#identification++,
        payload,
      }),
    );
  }

  close(): void {
    this.#file.close();
  }
}
