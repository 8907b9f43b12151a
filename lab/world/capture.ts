import { udpPacket } from '../../core/net/pcap.ts';
import { captureTime, type Epoch, type TrueNs } from '../../core/time/instant.ts';
import { CaptureFile } from '../../runtime/capture-file.ts';
import { COLLECTOR, EXPORT_PORT } from './addresses.ts';

/**
 * export.pcap: every Message as it left its router, by true time and with the simulation's addresses, so that the same seed
 * gives the same bytes whatever ports the real sockets had.
 */
export class Capture {
  readonly #file: CaptureFile;
  readonly #epoch: Epoch;
  /** Datagrams by source address: every host counts its own. */
  readonly #sent = new Map<number, number>();

  constructor(path: string, epoch: Epoch) {
    this.#file = new CaptureFile(path);
    this.#epoch = epoch;
  }

  /** `sourceAddress`: where the router exports from. */
  message(now: TrueNs, sourceAddress: number, payload: Uint8Array): void {
    const identification = this.#sent.get(sourceAddress) ?? 0;
    this.#sent.set(sourceAddress, identification + 1);
    this.#file.write(
      udpPacket({
        time: captureTime(this.#epoch, now),
        sourceAddress,
        sourcePort: EXPORT_PORT,
        destinationAddress: COLLECTOR.address,
        destinationPort: COLLECTOR.port,
        identification,
        payload,
      }),
    );
  }

  close(): void {
    this.#file.close();
  }
}
