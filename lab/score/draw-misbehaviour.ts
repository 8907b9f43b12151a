import type { Random } from '../../core/random/random.ts';
import type { ScenarioInput } from '../scenario/schema.ts';
import { drawStart, longestMin, tenthsByMagnitude, wholeByMagnitude, type Range, type Span } from './draw.ts';

/** What a person or device of a scenario may be told to do, as written. */
export type ActivityInput = NonNullable<NonNullable<ScenarioInput['people']>[number]['activities']>[number];
/** The same of strangers. */
export type OutsideInput = NonNullable<NonNullable<ScenarioInput['office']>['outside']>[number];

export type Draw<Input> = (random: Random, day: Span) => Input;
type Of<Do extends string> = Extract<ActivityInput, { do: Do }>;

/** 198.18.64.0/18 has none of the office's own services. */
export const farAddress = (random: Random): string => `198.18.${random.int(64, 127)}.${random.int(1, 254)}`;
/** A prefix of it that begins at a multiple of its size. */
export const farNetwork = (random: Random, length: number): string => {
  const blocks = 2 ** (24 - length);
  return `198.18.${64 + blocks * random.int(0, 64 / blocks - 1)}.0/${length}`;
};

/** From timid, one port in half a second (nmap's polite speed is slower still), to as fast as a router of an office forwards. */
const PORT_SCAN = { ports: [100, 5_000], perSecond: [2, 300] } as const satisfies Ranges;
const HOST_SCAN = { perSecond: [2, 200], lengths: [24, 23, 22], ports: [22, 23, 445, 1_433, 3_389, 5_900] } as const;
/** From 20 logins a minute flow monitors speak of an attack (Flowmon ADS, SSHDICT). */
const BRUTE_FORCE = { attempts: [60, 2_000], perMinute: [20, 120] } as const satisfies Ranges;
/** Cobalt Strike sleeps 60 s unless told; it has been seen for six hours and more (Fox-IT 2020, RITA). */
const BEACON = { minutes: [120, 600], intervalS: [20, 300], jitterPercent: [0, 50], ports: [443, 443, 80, 8_080] } as const;
/** Tools are seen from one question in 2 s to 50 a second; over 100 new names in 5 min, over 52 letters (ISC SANS 22326). */
const DNS_TUNNEL = { minutes: [10, 60], perSecond: [0.5, 20], nameLetters: [80, 250] } as const satisfies Ranges;
/** 25 MB to 5 GB (RITA); here what a line of an office carries away within hours. */
const EXFILTRATION = { megabytes: [50, 3_000], megabitsPerSecond: [2, 40], ports: [443, 443, 22] } as const;
const MINING = { minutes: [120, 600], ports: [3_333, 5_555, 14_444] } as const;
const SHARING = { minutes: [15, 90], megabytes: [50, 800] } as const satisfies Ranges;
const INBOUND_SCAN = { ports: [100, 3_000], perSecond: [2, 200] } as const satisfies Ranges;
const SYN_FLOOD = { perSecond: [100, 1_000], seconds: [20, 120], sources: [500, 5_000], ports: [443, 80, 25] } as const;

type Ranges = Readonly<Record<string, Range>>;

/** A scan so long that the pool of public ports runs out: half-open sessions live for four minutes (RFC 7857 section 2.1). */
const EXHAUSTING_SCAN = { ports: [6_000, 9_000], perSecond: [60, 300] } as const satisfies Ranges;
/** Public ports of an office whose pool runs out: enough for its people, too few for that scan. */
const SMALL_POOL: Range = [3_000, 4_000];

/** A scan of ports, and one after which the router has no public ports left. */
export const drawPortScan: Draw<Of<'portScan'>> = (random, day) => portScan(random, day, PORT_SCAN);
export const drawExhaustingScan: Draw<Of<'portScan'>> = (random, day) => portScan(random, day, EXHAUSTING_SCAN);
export const drawSmallPool = (random: Random): number => random.int(...SMALL_POOL);

function portScan(random: Random, day: Span, within: { readonly ports: Range; readonly perSecond: Range }): Of<'portScan'> {
  const ports = wholeByMagnitude(random, within.ports);
  const perSecond = tenthsByMagnitude(random, within.perSecond);
  return { do: 'portScan', at: drawStart(random, day, ports / perSecond / 60), target: farAddress(random), ports, perSecond };
}

/** Who does something of it is inside; each but the port scan, which is drawn with the size of the pool. */
export const INSIDE_MISBEHAVIOURS: Readonly<Record<string, Draw<ActivityInput>>> = {
  hostScan: (random, day) => {
    const length = random.pick(HOST_SCAN.lengths);
    const perSecond = tenthsByMagnitude(random, HOST_SCAN.perSecond);
    const at = drawStart(random, day, 2 ** (32 - length) / perSecond / 60);
    return { do: 'hostScan', at, network: farNetwork(random, length), port: random.pick(HOST_SCAN.ports), perSecond };
  },
  bruteForce: (random, day) => {
    const attempts = wholeByMagnitude(random, BRUTE_FORCE.attempts);
    const perMinute = wholeByMagnitude(random, BRUTE_FORCE.perMinute);
    return {
      do: 'bruteForce',
      at: drawStart(random, day, attempts / perMinute),
      target: farAddress(random),
      attempts,
      perMinute,
    };
  },
  beacon: (random, day) => {
    const minutes = random.int(...BEACON.minutes);
    return {
      do: 'beacon',
      at: drawStart(random, day, minutes),
      minutes,
      target: farAddress(random),
      name: random.chance(0.5) ? 'status.updates.example' : '',
      port: random.pick(BEACON.ports),
      intervalS: wholeByMagnitude(random, BEACON.intervalS),
      jitterPercent: random.int(...BEACON.jitterPercent),
      tool: random.pick(['cobalt-strike', 'empire'] as const),
    };
  },
  dnsTunnel: (random, day) => {
    const minutes = random.int(...DNS_TUNNEL.minutes);
    return {
      do: 'dnsTunnel',
      at: drawStart(random, day, minutes),
      minutes,
      perSecond: tenthsByMagnitude(random, DNS_TUNNEL.perSecond),
      nameLetters: random.int(...DNS_TUNNEL.nameLetters),
    };
  },
  exfiltrate: (random, day) => {
    const megabytes = wholeByMagnitude(random, EXFILTRATION.megabytes);
    const megabitsPerSecond = tenthsByMagnitude(random, EXFILTRATION.megabitsPerSecond);
    const at = drawStart(random, day, (megabytes * 8) / megabitsPerSecond / 60);
    const port = random.pick(EXFILTRATION.ports);
    return { do: 'exfiltrate', at, megabytes, target: farAddress(random), port, megabitsPerSecond };
  },
  mine: (random, day) => {
    const minutes = Math.min(longestMin(day), random.int(...MINING.minutes));
    return {
      do: 'mine',
      at: drawStart(random, day, minutes),
      minutes,
      target: farAddress(random),
      port: random.pick(MINING.ports),
    };
  },
  share: (random, day) => {
    const minutes = random.int(...SHARING.minutes);
    return { do: 'share', at: drawStart(random, day, minutes), minutes, megabytes: wholeByMagnitude(random, SHARING.megabytes) };
  },
};

/** Done to the office's public address. */
export const OUTSIDE_MISBEHAVIOURS: Readonly<Record<string, Draw<OutsideInput>>> = {
  inboundScan: (random, day) => {
    const ports = wholeByMagnitude(random, INBOUND_SCAN.ports);
    const perSecond = tenthsByMagnitude(random, INBOUND_SCAN.perSecond);
    const at = drawStart(random, day, ports / perSecond / 60);
    return { do: 'inboundScan', at, source: `192.0.2.${random.int(1, 254)}`, ports, perSecond };
  },
  synFlood: (random, day) => {
    const seconds = random.int(...SYN_FLOOD.seconds);
    return {
      do: 'synFlood',
      at: drawStart(random, day, seconds / 60),
      port: random.pick(SYN_FLOOD.ports),
      perSecond: wholeByMagnitude(random, SYN_FLOOD.perSecond),
      seconds,
      sources: wholeByMagnitude(random, SYN_FLOOD.sources),
    };
  },
};
