import { ObservedPacket } from '../core/flow/observed-packet.ts';
import type { PacketView } from '../core/net/packet/packet-view.ts';
import { trueNs, type Epoch, type TrueNs } from '../core/time/instant.ts';
import { VirtualClock } from '../core/time/virtual-clock.ts';
import { CaptureCounts } from './capture-counts.ts';
import type { PacketPath } from './captured-traffic.ts';
import type { RouterConfig } from './config.ts';
import { FlowMonitor } from './flow-monitor.ts';
import { loadSeen } from './single-packet.ts';

/** So many records at the end of the capture do not wait in memory for the others. */
const FLOWS_AT_A_TIME = 1_000;

/** Packets metered as they are seen: one Observation Point, and nothing is translated. */
export class SeenPath implements PacketPath {
  readonly counts = new CaptureCounts();
  readonly #monitor: FlowMonitor;
  readonly #packet = new ObservedPacket();

  constructor(config: RouterConfig, epoch: Epoch) {
    this.#monitor = new FlowMonitor(config, [], new VirtualClock(), epoch, trueNs(0));
  }

  get exported(): PacketPath['exported'] {
    return this.#monitor.exporting.exported;
  }

  packet(now: TrueNs, view: PacketView): void {
    loadSeen(this.#packet, now, view);
    this.#monitor.observePacket(this.#packet);
    this.counts.octets += view.octets;
  }

  nextTimeout(): TrueNs {
    return this.#monitor.nextTimeout();
  }

  handleTimeout(now: TrueNs): void {
    this.#monitor.handleTimeout(now);
  }

  flush(now: TrueNs): boolean {
    return this.#monitor.flush(now, FLOWS_AT_A_TIME);
  }

  beginSession(now: TrueNs): void {
    this.#monitor.exporting.beginSession(now);
  }

  poll(): Uint8Array | undefined {
    return this.#monitor.poll();
  }
}
