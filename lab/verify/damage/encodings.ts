import { NS_PER_MS, NS_PER_S } from '../../../core/time/instant.ts';
import type { ClockReading } from './clock-reading.ts';

/** What an exporter knows when it tells of a packet. All times are its own. */
export interface Exporting {
  readonly clock: ClockReading;
  /** Milliseconds since 1970 at the scenario's epoch. */
  readonly epochUnixMs: number;
  /** Seconds after which Templates and tables go out again, systemInitTimeMilliseconds among them. */
  readonly refreshS: number;
}

/** How an export tells when a flow began and ended. */
export interface TimeEncoding {
  readonly name: string;
  /** For a reader. */
  readonly title: string;
  /** How its times are read, and where that is written. */
  readonly rule: string;
  /**
   * What a collector reads of a packet at the true instant `at` from a Message that left at `sentAt`: nanoseconds since the
   * scenario's epoch.
   */
  read(exporting: Exporting, at: number, sentAt: number): number;
}

const TWO_32 = 2 ** 32;
/** Microseconds of NTP format have 21 bits of fraction: the lower eleven of 32 are zero (RFC 7011 section 6.1.9). */
const MICROSECOND_STEPS = 2 ** 21;
/** NTP's era 1 began at 2036-02-07T06:28:16Z (RFC 5905 section 6). */
const ERA_1_UNIX_MS = (TWO_32 - 2_208_988_800) * 1_000;

/** Rounds a time down to whole units of the UNIX timescale; a unit is not longer than a second. */
function whole({ epochUnixMs }: Exporting, ns: number, unitNs: number): number {
  const phase = ((epochUnixMs % 1_000) * NS_PER_MS) % unitNs;
  return Math.floor((ns + phase) / unitNs) * unitNs - phase;
}

const uptimeMs = ({ clock }: Exporting, at: number): number => Math.floor(clock.uptime(at) / NS_PER_MS);

/** How long before its Message a packet was by uptimes of 32 bits, which a signed difference takes across their wrap. */
const ageMs = (exporting: Exporting, at: number, sentAt: number): number =>
  (uptimeMs(exporting, sentAt) - uptimeMs(exporting, at)) | 0;

const absolute = (name: string, title: string, section: string, unitNs: number): TimeEncoding => ({
  name,
  title,
  rule: `the time itself, rounded down: RFC 7011 section ${section}`,
  read: (exporting, at) => whole(exporting, exporting.clock.wall(at), unitNs),
});

/** Elements 22 and 21 mean something by systemInitTimeMilliseconds alone (RFC 5153 section 4.7), which is as old as `toldAt`. */
function byInitTime(exporting: Exporting, at: number, sentAt: number, toldAt: number): number {
  const { clock } = exporting;
  const init = whole(exporting, clock.wall(toldAt), NS_PER_MS) - uptimeMs(exporting, toldAt) * NS_PER_MS;
  const exportTime = whole(exporting, clock.wall(sentAt), NS_PER_S);
  // An uptime has 32 bits: of the times it can mean the one nearest to the Export Time is meant.
  const ahead = ((exportTime - init) / NS_PER_MS - uptimeMs(exporting, at)) | 0;
  return exportTime - ahead * NS_PER_MS;
}

/** As collectors that know the standard read each, side by side. */
export const TIME_ENCODINGS: readonly TimeEncoding[] = [
  {
    name: 'netflow-v5',
    title: 'NetFlow v5',
    rule: "uptimes, by a header to the nanosecond: Cisco's NetFlow Export Datagram Format, table B-3",
    read: (exporting, at, sentAt) => exporting.clock.wall(sentAt) - ageMs(exporting, at, sentAt) * NS_PER_MS,
  },
  {
    name: 'netflow-v9',
    title: 'NetFlow v9',
    rule: 'uptimes, by a header of whole seconds: RFC 3954 section 5.1',
    read: (exporting, at, sentAt) =>
      whole(exporting, exporting.clock.wall(sentAt), NS_PER_S) - ageMs(exporting, at, sentAt) * NS_PER_MS,
  },
  absolute('seconds', 'IPFIX 150, 151: seconds', '6.1.7', NS_PER_S),
  absolute('milliseconds', 'IPFIX 152, 153: milliseconds', '6.1.8', NS_PER_MS),
  absolute('microseconds', 'IPFIX 154, 155: microseconds', '6.1.9', NS_PER_S / MICROSECOND_STEPS),
  absolute('nanoseconds', 'IPFIX 156, 157: nanoseconds', '6.1.10', 1),
  {
    name: 'delta',
    title: 'IPFIX 158, 159: deltas',
    rule: 'microseconds before the Export Time, 71 minutes at the most: RFC 7011 section 5.1',
    read: (exporting, at, sentAt) => {
      // The Export Time is at the end of its second, for nothing after it can be told.
      const exportTime = whole(exporting, exporting.clock.wall(sentAt) + NS_PER_S - 1, NS_PER_S);
      const deltaUs = Math.ceil((exportTime - exporting.clock.wall(at)) / 1_000);
      return exportTime - Math.min(TWO_32 - 1, Math.max(0, deltaUs)) * 1_000;
    },
  },
  {
    name: 'sys-uptime',
    title: 'IPFIX 22, 21: 160 told again',
    rule: 'uptimes since systemInitTimeMilliseconds, which goes out with the Templates: RFC 5153 section 4.7',
    read: (exporting, at, sentAt) => {
      const refreshNs = exporting.refreshS * NS_PER_S;
      return byInitTime(exporting, at, sentAt, Math.floor(sentAt / refreshNs) * refreshNs);
    },
  },
  {
    name: 'sys-uptime-stale',
    title: 'IPFIX 22, 21: 160 told once',
    rule: 'uptimes since systemInitTimeMilliseconds as it was at the start: RFC 5153 section 4.7',
    read: (exporting, at, sentAt) => byInitTime(exporting, at, sentAt, 0),
  },
  {
    name: 'netflow-v9-no-wrap',
    title: 'NetFlow v9, wrap not known',
    rule: 'read wrongly, as if uptimes did not begin anew after 49.7 days',
    read: (exporting, at, sentAt) => {
      const plain = (instant: number): number => uptimeMs(exporting, instant) % TWO_32;
      return whole(exporting, exporting.clock.wall(sentAt), NS_PER_S) - (plain(sentAt) - plain(at)) * NS_PER_MS;
    },
  },
  {
    name: 'microseconds-no-era',
    title: 'IPFIX 154, 155, era not known',
    rule: 'read wrongly, as if seconds of NTP did not begin anew in 2036',
    read: (exporting, at) => {
      const wall = whole(exporting, exporting.clock.wall(at), NS_PER_S / MICROSECOND_STEPS);
      const isEra1 = wall >= (ERA_1_UNIX_MS - exporting.epochUnixMs) * NS_PER_MS;
      return isEra1 ? wall - TWO_32 * NS_PER_S : wall;
    },
  },
];
