import { readFileSync } from 'node:fs';
import { MessageRing } from '../../collector/api/view/message-ring.ts';
import { CaptureReader } from '../../core/net/capture/capture-reader.ts';
import { formatEndpoint } from '../../core/net/endpoint.ts';
import { UdpReader } from '../../core/net/packet/udp-reader.ts';

/** The newest Messages of export.pcap, at the true time they left: when they were received is not written there. */
export function keptMessages(path: string): MessageRing {
  const ring = new MessageRing();
  const reader = new CaptureReader();
  const udp = new UdpReader({ maxPackets: 1_024, timeoutS: 60 });
  reader.handle(readFileSync(path));
  while (reader.next()) {
    const { frame } = reader;
    const datagram = udp.read(frame);
    if (datagram === undefined) continue;
    const source = formatEndpoint({ address: datagram.sourceAddress, port: datagram.sourcePort });
    ring.add(source, frame.timeS * 1e6 + Math.floor(frame.timeNs / 1e3), datagram.payload);
  }
  return ring;
}
