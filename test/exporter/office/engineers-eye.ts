import { octetsOfFirst, TCP_ACK, TCP_FIN, TCP_RST, TCP_SYN, type PacketTrain } from '../../../core/net/packet-train.ts';
import { NS_PER_S } from '../../../core/time/instant.ts';

interface Segment {
  readonly at: number;
  readonly isUp: boolean;
  readonly flags: number;
  /** Octets of the IP packet, and of the data in it. */
  readonly octets: number;
  readonly data: number;
}

/** After this long without a packet somebody must have begun anew. */
const SILENCE_NS = NS_PER_S;
const FULL_OCTETS = 1_500;

/** What a network engineer finds strange about the packets of one TCP connection. */
export function remarks(trains: readonly PacketTrain[]): string[] {
  const segments = trains.flatMap(segmentsOf).sort((one, other) => one.at - other.at);
  const found: string[] = [];
  const opening = segments.slice(0, 3).map(({ isUp, flags, data }) => `${isUp ? 'up' : 'down'} ${flags} ${data}`);
  if (opening.join() !== `up ${TCP_SYN} 0,down ${TCP_SYN | TCP_ACK} 0,up ${TCP_ACK} 0`)
    found.push(`opens with ${opening.join()}`);
  found.push(...endRemarks(segments), ...burstRemarks(segments));
  for (const isUp of [true, false]) {
    const full = segments.filter((segment) => segment.isUp === isUp && segment.octets === FULL_OCTETS).length;
    // RFC 5681 section 4.2: at least every second full-sized segment.
    const acks = segments.filter((segment) => segment.isUp !== isUp && (segment.flags & TCP_ACK) !== 0).length;
    if (acks < Math.floor(full / 2)) found.push(`${acks} acknowledgements of ${full} full segments`);
  }
  return found;
}

/** All data and both FINs are acknowledged (RFC 9293 section 3.6), or a RST comes last. */
function endRemarks(segments: readonly Segment[]): string[] {
  const last = segments.at(-1) as Segment;
  if ((last.flags & TCP_RST) !== 0) return [];
  const found: string[] = [];
  for (const isUp of [true, false]) {
    const own = segments.filter((segment) => segment.isUp === isUp);
    const fins = own.filter(({ flags }) => (flags & TCP_FIN) !== 0);
    const spoken = own.findLast(({ flags, data }) => data > 0 || (flags & TCP_FIN) !== 0) as Segment;
    const heard = segments.findLast((segment) => segment.isUp !== isUp && (segment.flags & TCP_ACK) !== 0) as Segment;
    const who = isUp ? 'the client' : 'the server';
    if (fins.length !== 1) found.push(`${who} says FIN ${fins.length} times`);
    if (own.some(({ at, data }) => data > 0 && at > (fins[0]?.at ?? Infinity))) found.push(`${who} speaks after its FIN`);
    if (heard.at <= spoken.at) found.push(`the last words of ${who} are not acknowledged`);
  }
  return found;
}

/** A server answers; it does not begin. */
function burstRemarks(segments: readonly Segment[]): string[] {
  const found: string[] = [];
  let last = -Infinity;
  let isAsked = false;
  for (const { at, isUp, data } of segments) {
    if (at - last > SILENCE_NS) isAsked = false;
    last = at;
    if (data === 0) continue;
    if (isUp) isAsked = true;
    else if (!isAsked) found.push(`the server speaks unasked at ${at}`);
  }
  return found.slice(0, 1);
}

function segmentsOf(train: PacketTrain): Segment[] {
  return Array.from({ length: train.packets }, (_, index) => {
    const octets = octetsOfFirst(train, index + 1) - octetsOfFirst(train, index);
    const isLast = index === train.packets - 1;
    const flags = index === 0 ? train.tcpFlagsFirst : isLast ? train.tcpFlagsLast : train.tcpFlags;
    const headers = (flags & TCP_SYN) !== 0 ? 60 : (flags & TCP_RST) !== 0 ? 40 : 52;
    return {
      at: train.startNs + index * train.intervalNs,
      isUp: train.direction === 'up',
      flags,
      octets,
      data: octets - headers,
    };
  });
}
