import { udpPacket } from '../../core/net/pcap.ts';
import { NTP_PORT } from '../../core/ntp/packet.ts';
import { captureTime, type Epoch, type TrueNs } from '../../core/time/instant.ts';
import { CaptureFile } from '../../runtime/capture-file.ts';
import { COLLECTOR, EXPORT_PORT } from './addresses.ts';
import type { ClientPacket } from './ntp-tap.ts';

/** Whoever is told the Messages of an export as they leave. */
export type MessageSink = Pick<Capture, 'message'>;

/** IPv4 address and UDP port. */
interface Ends {
  readonly address: number;
  readonly port: number;
}

/**
 * A capture file by true time and with the simulation's addresses, so that the same seed gives the same bytes whatever ports the real
 * sockets had: export.pcap with every Message as it left its router, ntp.pcap with every NTP packet as it left its client or reached it.
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
    this.#write(now, { address: sourceAddress, port: EXPORT_PORT }, COLLECTOR, payload);
  }

  ntpPacket({ way, at, payload, clientAddress, clientPort, serverAddress }: ClientPacket): void {
    const client = { address: clientAddress, port: clientPort };
    const server = { address: serverAddress, port: NTP_PORT };
    if (way === 'request') this.#write(at, client, server, payload);
    else this.#write(at, server, client, payload);
  }

  close(): void {
    this.#file.close();
  }

  #write(now: TrueNs, source: Ends, destination: Ends, payload: Uint8Array): void {
    const identification = this.#sent.get(source.address) ?? 0;
    this.#sent.set(source.address, identification + 1);
    this.#file.write(
      udpPacket({
        time: captureTime(this.#epoch, now),
        sourceAddress: source.address,
        sourcePort: source.port,
        destinationAddress: destination.address,
        destinationPort: destination.port,
        identification,
        payload,
      }),
    );
  }
}
