import { TCP_ACK, TCP_SYN } from '../../../core/net/packet-train.ts';
import type { Random } from '../../../core/random/random.ts';
import { after, NS_PER_S, trueNs, type TrueNs } from '../../../core/time/instant.ts';
import type { Activity, Wire } from '../wire.ts';
import type { SynFlood } from './config.ts';
import { FIRST_STRANGER_PORT, knock, LAST_STRANGER_PORT, LISTENER_NS, type Call } from './stranger.ts';

/** IPv4 and TCP header without options, as flooding tools send it. */
const SYN_OCTETS = 40;
/** A SYN-ACK with the one option a SYN without any is answered with, the segment size. */
const ANSWER_OCTETS = 44;
/** Invented addresses: 198.18.128.0/17, none of them twice. */
const FIRST_SOURCE = 0xc612_8000;
const SOURCES = 32_768;
/** Odd, so that its multiples run through all of them. */
const STRIDE = 10_007;

/**
 * SYNs at an even rate; each source sends its share over the whole time, so a source is one train. Where there are fewer SYNs
 * than sources, the sources left over send none.
 */
export function* flood(wire: Wire, at: TrueNs, attack: SynFlood, call: Call, random: Random): Activity {
  const lastsNs = attack.seconds * NS_PER_S;
  const total = Math.round(attack.perSecond * attack.seconds);
  const sources = Math.min(attack.sources, total);
  /** SYNs of the sources before this one. */
  const before = (source: number): number => Math.floor((source * total) / sources);
  const first = random.int(0, SOURCES - 1);
  for (let source = 0; source < sources; source++) {
    const packets = before(source + 1) - before(source);
    const waitsNs = Math.floor((source * lastsNs) / total);
    const intervalNs = Math.floor((lastsNs - waitsNs) / packets);
    const now = trueNs(at + waitsNs);
    yield now;
    const address = FIRST_SOURCE + ((first + source * STRIDE) % SOURCES);
    const from = { address, port: random.int(FIRST_STRANGER_PORT, LAST_STRANGER_PORT) };
    const connection = knock(wire, call, from, attack.port);
    wire.send(connection, 'down', now, intervalNs, packets, packets * SYN_OCTETS, TCP_SYN, TCP_SYN);
    if (!call.listeners.has(attack.port)) continue;
    // SYN cookies let it answer all of them (RFC 4987 section 3.6); nobody will acknowledge.
    const answer = TCP_SYN | TCP_ACK;
    wire.send(connection, 'up', after(now, LISTENER_NS), intervalNs, packets, packets * ANSWER_OCTETS, answer, answer);
  }
}
