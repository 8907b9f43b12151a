import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { MessageRing } from '../../collector/api/view/message-ring.ts';
import { CaptureReader } from '../../core/net/capture/capture-reader.ts';
import { formatEndpoint } from '../../core/net/endpoint.ts';
import { UdpReader } from '../../core/net/packet/udp-reader.ts';

interface SavedMessage {
  readonly source: string;
  readonly leftUs: number;
  readonly payload: Uint8Array;
}

/**
 * The newest Messages of export.pcap and of further exports, at the true time they left: when they were received is not written there. A
 * further export's source has its name behind it, as the file has.
 */
export function keptMessages(paths: readonly string[]): MessageRing {
  const ring = new MessageRing();
  const all = paths.flatMap(messagesOf).sort((one, other) => one.leftUs - other.leftUs);
  for (const { source, leftUs, payload } of all) ring.add(source, leftUs, payload);
  return ring;
}

function messagesOf(path: string): SavedMessage[] {
  const name = /^export-(?:(.*)\.)?(.*)\.pcap$/.exec(basename(path));
  const suffix = name === null ? '' : ` (${[name[2], name[1]].filter((part) => part !== undefined).join(' ')})`;
  const messages: SavedMessage[] = [];
  const reader = new CaptureReader();
  const udp = new UdpReader({ maxPackets: 1_024, timeoutS: 60 });
  reader.handle(readFileSync(path));
  while (reader.next()) {
    const { frame } = reader;
    const datagram = udp.read(frame);
    if (datagram === undefined) continue;
    const { sourceAddress: address, sourcePort: port, payload } = datagram;
    const leftUs = frame.timeS * 1e6 + Math.floor(frame.timeNs / 1e3);
    messages.push({ source: `${formatEndpoint({ address, port })}${suffix}`, leftUs, payload: payload.slice() });
  }
  return messages;
}
