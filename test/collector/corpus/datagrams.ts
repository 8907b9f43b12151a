import { CaptureReader } from '../../../core/net/capture/capture-reader.ts';
import { UdpReader } from '../../../core/net/packet/udp-reader.ts';
import type { Datagram } from '../../../collector/collecting/datagram.ts';

/** The datagrams of a capture, without second copies. */
export function datagramsOf(capture: Uint8Array): Datagram[] {
  const reader = new CaptureReader();
  const udp = new UdpReader({ maxPackets: 1_024, timeoutS: 60 });
  const datagrams = new Map<string, Datagram>();
  reader.handle(capture);
  while (reader.next()) {
    const { frame } = reader;
    const datagram = udp.read(frame);
    if (datagram === undefined) continue;
    const source = `${datagram.sourceAddress}:${datagram.sourcePort}`;
    const payload = datagram.payload.slice();
    const receivedAtUs = frame.timeS * 1e6 + Math.floor(frame.timeNs / 1e3);
    const content = `${source} ${Buffer.from(payload).toString('hex')}`;
    if (!datagrams.has(content)) datagrams.set(content, { payload, source, receivedAtUs });
  }
  return [...datagrams.values()];
}
