import { wordDuration, wordOctets } from '../wording.ts';
import { TRANSFER_OCTETS, TRANSFER_RATIO } from './sessions-query.ts';
import type { Session } from './sessions.ts';

/** Forms of traffic that show without knowing with whom. */
export type ShapeName = 'stream' | 'call' | 'download' | 'upload';

/** Whether a session has a form, and the numbers that say so as a sentence. */
export interface Shape {
  readonly name: ShapeName;
  readonly fits: boolean;
  readonly sentence: string;
}

type Shown = Pick<
  Session,
  'startMs' | 'endMs' | 'upOctets' | 'downOctets' | 'upPackets' | 'downPackets' | 'udpOctets' | 'steadiness' | 'connections'
>;

/** A minute of anything can look like anything. */
const LEAST_STREAM_S = 120;
const LEAST_CALL_S = 60;
/** Music is 96 kbit/s, film of the highest resolution 25 Mbit/s and its buffer is filled faster. */
const STREAM_BIT_PER_S = [48_000, 60_000_000] as const;
const STREAM_RATIO = 10;
/** A player fetches a chunk every few seconds: records leave few holes. */
const STEADY = 0.6;
/** Speech with headers is 24 kbit/s at least; ten people's pictures come as 10 Mbit/s. */
const CALL_BIT_PER_S = [16_000, 10_000_000] as const;
/** Who shows no face still speaks. */
const CALL_RATIO = 20;
/** Real time is sent in many packets that are not full, over UDP. */
const CALL_PACKET_OCTETS = 1_350;
const CALL_UDP_PART = 0.5;

/** How often larger the larger is, `Infinity` beside nothing. */
const ratio = (one: number, other: number): number => (other === 0 ? (one === 0 ? 1 : Infinity) : one / other);
const within = (value: number, [least, most]: readonly [number, number]): boolean => value >= least && value <= most;
const wordRate = (bitPerS: number): string =>
  bitPerS >= 1e6 ? `${(bitPerS / 1e6).toFixed(1)} Mbit/s` : `${Math.round(bitPerS / 1e3)} kbit/s`;
const wordRatio = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} times`;

/** Holds a session against a form. */
export function shapeOf(name: ShapeName, session: Shown): Shape {
  return { name, ...SHAPES[name](session) };
}

const SHAPES: Readonly<Record<ShapeName, (session: Shown) => Omit<Shape, 'name'>>> = {
  stream: (session) => {
    const seconds = secondsOf(session);
    const bitPerS = (session.downOctets * 8) / seconds;
    const more = ratio(session.downOctets, session.upOctets);
    return {
      fits:
        seconds >= LEAST_STREAM_S && within(bitPerS, STREAM_BIT_PER_S) && more >= STREAM_RATIO && session.steadiness >= STEADY,
      sentence: `It came for ${wordDuration(seconds)} with traffic in ${percent(session.steadiness)} of the time, at ${wordRate(bitPerS)} on average and ${moreWords(more, 'down', 'up')}: a stream has ${LEAST_STREAM_S} s, ${percent(STEADY)} and ${STREAM_RATIO} times at least.`,
    };
  },
  call: (session) => {
    const seconds = secondsOf(session);
    const octets = session.upOctets + session.downOctets;
    const less = Math.min(session.upOctets, session.downOctets);
    const bitPerS = (less * 8) / seconds;
    const uneven = ratio(octets - less, less);
    const packetOctets = octets / Math.max(1, session.upPackets + session.downPackets);
    const udp = session.udpOctets / Math.max(1, octets);
    return {
      fits:
        seconds >= LEAST_CALL_S && within(bitPerS, CALL_BIT_PER_S) && uneven <= CALL_RATIO && packetOctets <= CALL_PACKET_OCTETS && udp >= CALL_UDP_PART, // prettier-ignore
      sentence: `Both sides sent for ${wordDuration(seconds)}, the quieter ${wordRate(bitPerS)}, in packets of ${Math.round(packetOctets)} octets on average, ${percent(udp)} over UDP: a call has ${LEAST_CALL_S} s, ${wordRate(CALL_BIT_PER_S[0])}, ${percent(CALL_UDP_PART)} at least and ${CALL_PACKET_OCTETS} octets at most.`,
    };
  },
  download: (session) => transfer(session.downOctets, session.upOctets, 'down', 'up', session),
  upload: (session) => transfer(session.upOctets, session.downOctets, 'up', 'down', session),
};

function transfer(carried: number, back: number, way: string, other: string, session: Shown): Omit<Shape, 'name'> {
  const more = ratio(carried, back);
  return {
    fits: carried >= TRANSFER_OCTETS && more >= TRANSFER_RATIO,
    sentence: `${wordOctets(carried)} went ${way} over ${session.connections === 1 ? 'one connection' : `${session.connections} connections`} in ${wordDuration(secondsOf(session))}, ${moreWords(more, way, other)}: a transfer has ${wordOctets(TRANSFER_OCTETS)} and ${TRANSFER_RATIO} times at least.`,
  };
}

const moreWords = (more: number, way: string, other: string): string =>
  more === Infinity ? `nothing ${other}` : `${wordRatio(more)} as much ${way} as ${other}`;

/** At least one: what is told in one record of no length still took time. */
export const secondsOf = ({ startMs, endMs }: Pick<Session, 'startMs' | 'endMs'>): number =>
  Math.max(1, (endMs - startMs) / 1_000);

const percent = (part: number): string => `${Math.round(part * 100)} %`;
