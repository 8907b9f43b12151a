import { PROTOCOL_ICMP, PROTOCOL_ICMPV6, type PacketView } from '../core/net/packet/packet-view.ts';
import { trueNs, type Epoch, type TrueNs } from '../core/time/instant.ts';
import { VirtualClock } from '../core/time/virtual-clock.ts';
import type { Passed, PacketPath } from './captured-traffic.ts';
import type { RouterConfig } from './config.ts';
import { FlowMonitor } from './flow-monitor.ts';
import { capturedConnection, singlePacket } from './single-packet.ts';

/** Packets metered as they are seen: one Observation Point, and nothing is translated. */
export class SeenPath implements PacketPath {
  readonly #monitor: FlowMonitor;

  constructor(config: RouterConfig, epoch: Epoch) {
    this.#monitor = new FlowMonitor(config, [], new VirtualClock(), epoch, trueNs(0));
  }

  get exported(): PacketPath['exported'] {
    return this.#monitor.exporting.exported;
  }

  packet(now: TrueNs, view: PacketView): 'metered' | Passed {
    if (view.ipVersion === 6) return 'ipv6';
    const { sourceAddress, destinationAddress, protocol, sourcePort } = view;
    // By custom the destination port of ICMP is its type and code, so that a ping and its answer are flows of their own.
    const isIcmp = protocol === PROTOCOL_ICMP || protocol === PROTOCOL_ICMPV6;
    const destinationPort = isIcmp ? view.icmpTypeCode : view.destinationPort;
    const connection = capturedConnection(0, protocol, sourceAddress, sourcePort, destinationAddress, destinationPort);
    this.#monitor.observe({
      train: singlePacket(now, view, connection, 'up'),
      insideAddress: sourceAddress,
      insidePort: sourcePort,
      publicAddress: sourceAddress,
      publicPort: sourcePort,
      remoteAddress: destinationAddress,
      remotePort: destinationPort,
      applicationId: 0,
    });
    return 'metered';
  }

  nextTimeout(): TrueNs {
    return this.#monitor.nextTimeout();
  }

  handleTimeout(now: TrueNs): void {
    this.#monitor.handleTimeout(now);
  }

  flush(now: TrueNs): void {
    this.#monitor.flush(now);
  }

  poll(): Uint8Array | undefined {
    return this.#monitor.poll();
  }
}
