import { closeSync, openSync, writeSync } from 'node:fs';
import { fileHeader, udpPacket } from '../../core/net/pcap.ts';
import { NS_PER_S, type Epoch, type TrueNs } from '../../core/time/instant.ts';
import { COLLECTOR, EXPORTER } from './addresses.ts';

const FLUSH_OCTETS = 1 << 20;

/**
 * export.pcap: every Message as it left the router, by true time and with the simulation's addresses, so that the same seed
 * gives the same bytes whatever ports the real sockets had.
 */
export class Capture {
  readonly #file: number;
  readonly #epoch: Epoch;
  #pending: Uint8Array[] = [];
  #pendingOctets = 0;
  #identification = 0;

  constructor(path: string, epoch: Epoch) {
    this.#file = openSync(path, 'w');
    this.#epoch = epoch;
    this.#write(fileHeader());
  }

  message(now: TrueNs, payload: Uint8Array): void {
    const epochS = Math.floor(this.#epoch.unixMs / 1_000);
    const ns = now + (this.#epoch.unixMs - epochS * 1_000) * 1e6;
    this.#write(
      udpPacket({
        time: { s: epochS + Math.floor(ns / NS_PER_S), ns: ns % NS_PER_S },
        sourceAddress: EXPORTER.address,
        sourcePort: EXPORTER.port,
        destinationAddress: COLLECTOR.address,
        destinationPort: COLLECTOR.port,
        identification: this.#identification++,
        payload,
      }),
    );
  }

  close(): void {
    this.#flush();
    closeSync(this.#file);
  }

  #write(octets: Uint8Array): void {
    this.#pending.push(octets);
    this.#pendingOctets += octets.length;
    if (this.#pendingOctets >= FLUSH_OCTETS) this.#flush();
  }

  #flush(): void {
    writeSync(this.#file, Buffer.concat(this.#pending));
    this.#pending = [];
    this.#pendingOctets = 0;
  }
}
