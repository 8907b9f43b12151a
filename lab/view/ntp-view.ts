import type { ExchangeView } from '../../collector/api/view/clocks-view.ts';
import { hexOf } from '../../collector/api/view/hex-of.ts';
import type { NtpPacketView, NtpView } from '../../collector/api/view/ntp-view.ts';
import { pageBefore } from '../../collector/api/view/numbered-page.ts';
import { wordNumber } from '../../collector/query/wording.ts';
import { dissectNtpPacket } from '../../core/ntp/dissection.ts';
import { decodePacket, LEAP_UNSYNCHRONISED } from '../../core/ntp/packet.ts';
import { secondsWords } from '../../core/ntp/packet-words.ts';
import { NS_PER_MS, NS_PER_S, type TrueNs } from '../../core/time/instant.ts';
import type { Exchange } from '../world/exchange-log.ts';
import { exchangeView } from './clocks-view.ts';
import { faultOf, isAccepted, outcomeWords } from './ntp-outcomes.ts';
import type { KeptPacket, NtpRing } from './ntp-ring.ts';
import { aheadWords, instantWords, toldParts, type Told } from './told-parts.ts';

/** What is asked for. */
export interface NtpViewRequest {
  readonly epochUnixMs: number;
  /** How far the run has come, or is looked at. */
  readonly untilNs: TrueNs;
  /** Packets in the list at most, and the number before which they lie. */
  readonly limit: number;
  readonly before?: number | undefined;
  /** Only those of a client, of a server, of one way. */
  readonly client?: string | undefined;
  readonly server?: string | undefined;
  readonly way?: string | undefined;
  /** The packet to be taken apart; the newest of the list without it. */
  readonly index?: number | undefined;
  /** In its place, the reply that came at this true instant, in milliseconds since 1970. */
  readonly repliedMs?: number | undefined;
}

/** Instants of the page are milliseconds, whose doubles have a quarter of a microsecond. */
const SAME_INSTANT_MS = 0.001;

/** The newest NTP packets, and one of them taken apart with the truth beside it. */
export function ntpView(ring: NtpRing, request: NtpViewRequest): NtpView {
  const { limit, before, untilNs, client, server, way } = request;
  const kept = ring.packets.filter(
    (packet) =>
      packet.at <= untilNs &&
      (client ?? packet.client) === packet.client &&
      (server ?? packet.server) === packet.server &&
      (way ?? packet.way) === packet.way,
  );
  const { items: listed, turns } = pageBefore(kept, limit, before);
  const namesOf = (name: 'client' | 'server'): string[] => [...new Set(ring.packets.map((packet) => packet[name]))].sort();
  const opened = openedPacket(ring, request) ?? listed[0];
  return {
    count: ring.count,
    clients: namesOf('client'),
    servers: namesOf('server'),
    packets: listed.map((packet) => headOf(packet, repliesTo(ring, packet, request), request)),
    turns,
    ...(turns.older === undefined && endOf(ring)),
    ...(opened === undefined ? {} : { packet: takenApart(ring, opened, request) }),
  };
}

/** Says which are kept, where that is not all. */
function endOf({ packets: [oldest], maxPackets }: NtpRing): Pick<NtpView, 'end'> {
  if (oldest === undefined || oldest.index === 0) return {};
  return {
    end: `What came before packet ${oldest.index} is not kept: only the newest are, ${wordNumber(maxPackets)} at least.`,
  };
}

function openedPacket(ring: NtpRing, request: NtpViewRequest): KeptPacket | undefined {
  const { index, repliedMs, epochUnixMs, untilNs, client } = request;
  const asked = index === undefined ? undefined : ring.at(index);
  if (index !== undefined) return asked !== undefined && asked.at <= untilNs ? asked : undefined;
  if (repliedMs === undefined) return undefined;
  return ring.packets.findLast(
    (packet) =>
      packet.at <= untilNs &&
      packet.way === 'reply' &&
      (client ?? packet.client) === packet.client &&
      Math.abs(msOf(epochUnixMs, packet.at) - repliedMs) < SAME_INSTANT_MS,
  );
}

/** What is still to come is not told. */
const repliesTo = (ring: NtpRing, { replies }: KeptPacket, { untilNs }: NtpViewRequest): KeptPacket[] =>
  replies.flatMap((index) => ring.at(index) ?? []).filter(({ at }) => at <= untilNs);

const msOf = (epochUnixMs: number, ns: number): number => epochUnixMs + ns / NS_PER_MS;

function headOf(packet: KeptPacket, replies: readonly KeptPacket[], { epochUnixMs }: NtpViewRequest): NtpPacketView {
  const { index, at, client, server, way, payload, outcome, exchange } = packet;
  return {
    index,
    atMs: msOf(epochUnixMs, at),
    client,
    server,
    way,
    octets: payload.length,
    state: stateOf(packet, replies),
    ...(outcome === undefined ? {} : { outcome }),
    // What a reply that was dropped would have said is nobody's offset.
    ...(exchange === undefined || !isAccepted(exchange.outcome) ? {} : { offsetMs: exchange.offsetNs / NS_PER_MS }),
  };
}

function stateOf({ way, outcome }: KeptPacket, replies: readonly KeptPacket[]): NtpPacketView['state'] {
  if (way === 'request') return replies.length > 0 ? 'answered' : 'unanswered';
  if (outcome === undefined) return 'unknown';
  return isAccepted(outcome) ? 'accepted' : 'rejected';
}

function takenApart(ring: NtpRing, packet: KeptPacket, request: NtpViewRequest): NonNullable<NtpView['packet']> {
  const { epochUnixMs } = request;
  const replies = repliesTo(ring, packet, request);
  const exchange = packet.exchange ?? replies.find((reply) => reply.exchange !== undefined)?.exchange;
  const tree = dissectNtpPacket(packet.payload, msOf(epochUnixMs, packet.at));
  const before = packet.way === 'request' ? ring.requestBefore(packet) : undefined;
  const told: ExchangeView | undefined = exchange && exchangeView({ device: packet.client }, exchange, epochUnixMs);
  return {
    head: headOf(packet, replies, request),
    hex: hexOf(packet.payload),
    tree: toldParts(tree, ({ name }) => toldOf(name, packet, { exchange, before, epochUnixMs })),
    verdict: verdictOf(packet, replies),
    ...(packet.request === undefined ? {} : { request: packet.request }),
    replies: replies.map(({ index }) => index),
    ...(told === undefined ? {} : { exchange: told }),
  };
}

function verdictOf({ way, client, server, outcome, exchange }: KeptPacket, replies: readonly KeptPacket[]): string {
  if (way === 'request') {
    const count = replies.length;
    if (count === 0) return `No reply of ${server} has reached the ${client}.`;
    return `${server} has answered it${count === 1 ? '' : `, ${count} times`}.`;
  }
  if (outcome === undefined) return `What the ${client} did about it was not written down.`;
  const meant =
    exchange !== undefined && isAccepted(outcome) ? ` It says the ${client}’s clock is ${aheadWords(-exchange.offsetNs)}.` : '';
  return `The ${client} ${outcomeWords(outcome)}.${meant}`;
}

/** What a packet belongs to. */
interface Around {
  readonly exchange: Exchange | undefined;
  /** Of a request, the one before. */
  readonly before: KeptPacket | undefined;
  readonly epochUnixMs: number;
}

/** What is known of a field beyond its octets. */
function toldOf(field: string, packet: KeptPacket, { exchange, before, epochUnixMs }: Around): Told | undefined {
  const { outcome } = packet;
  const wrong = outcome === undefined ? undefined : faultOf(outcome, field);
  const truth =
    field === 'Poll' ? before && pollTruth(packet, before) : exchange && truthOf(field, packet, exchange, epochUnixMs);
  return { ...(truth === undefined ? {} : { truth }), ...(wrong === undefined ? {} : { wrong }) };
}

/** How often a client asks it need not tell, and ours does not. */
const pollTruth = ({ at, server }: KeptPacket, before: KeptPacket): string =>
  `in truth ${server} was asked ${secondsWords((at - before.at) / NS_PER_S)} before`;

/** Beside the times, what the clocks that took them showed and what it was in truth; beside what a server says of its clock, whether it was so. */
function truthOf(field: string, packet: KeptPacket, exchange: Exchange, epochUnixMs: number): string | undefined {
  const { way, client, server } = packet;
  const { t1Ns, t2Ns, t3Ns, trueT1Ns, trueT2Ns } = exchange;
  const said = (name: string, whose: string, wallNs: number, trueNs: number): string =>
    `${name}: the ${whose}’s clock said ${instantWords(epochUnixMs, wallNs)}, the truth was ${instantWords(epochUnixMs, trueNs)}, so the clock was ${aheadWords(wallNs - trueNs)}`;
  if (way === 'request')
    return field === 'Transmit Timestamp'
      ? `a number by chance, so that nobody else can answer; the client keeps its time to itself. ${said('T1', client, t1Ns, trueT1Ns)}`
      : undefined;
  if (field === 'Origin Timestamp') return said('T1', client, t1Ns, trueT1Ns);
  if (field === 'Receive Timestamp') return said('T2', server, t2Ns, trueT2Ns);
  if (field === 'Transmit Timestamp') return said('T3', server, t3Ns, trueT2Ns);
  return field === 'Root Dispersion' ? claimTruth(packet, exchange) : undefined;
}

/** How far off a server says that its clock may be (RFC 5905 section 11.2.3), and how far it was; nothing where it says that it has no time. */
function claimTruth({ payload }: KeptPacket, { t3Ns, trueT2Ns }: Exchange): string | undefined {
  const packet = decodePacket(payload);
  if (packet === undefined || packet.stratum === 0 || packet.leap === LEAP_UNSYNCHRONISED) return undefined;
  const claimedNs = (packet.rootDelayS / 2 + packet.rootDispersionS) * NS_PER_S;
  const errorNs = t3Ns - trueT2Ns;
  const verdict = Math.abs(errorNs) > claimedNs ? 'more than that' : 'no more than that';
  return `with half of the root delay the server says that its time may be ${secondsWords(claimedNs / NS_PER_S)} off; in truth it was ${aheadWords(errorNs)}, ${verdict}`;
}
