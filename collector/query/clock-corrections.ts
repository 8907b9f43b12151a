import type { StoredAddress } from '../../core/net/stored-address.ts';
import { ClockAudit, type ClockSegment } from '../clock-audit/clock-audit.ts';
import { offsetWords } from '../clock-audit/clock-sentence.ts';
import type { AskedStore } from '../store/flow-store.ts';
import type { Dialect } from './language/dialect.ts';

const US_PER_MS = 1e3;
const US_PER_S = 1e6;
export const HOUR_US = 3_600e6;
const PPM = 1e6;
const PPB_PER_PPM = 1e3;
const MAX_DRIFT_PPM = 1e5;
/** Exporters' clocks are looked at by Message while there are so many rows at most, else by slots of which there are so many. */
const MAX_ROWS = 200_000;
const SLOTS = 20_000;
/** Steps that times are cut at, the latest. */
const MAX_STEPS = 1_000;
/** Above the highest number of an hour since 1970, until the year 2209. */
export const HOURS = 2 ** 21;
export const SFLOW = 255;
const IPFIX = 10;

/** A clock within an hour: what it is ahead at the hour's beginning, and what it gains. */
export interface ClockPiece {
  readonly offsetUs: number;
  readonly driftPpb: number;
}

/**
 * What exporters' clocks were ahead, worked out from the rows of `flows` when it is asked for: nothing of it is stored, and the rows stay as they came.
 * Everything in it is a number, so that any database can look it up.
 */
export interface ClockCorrections {
  /** Numbers of exporters from 1, and of their Observation Domains by exporter * 2^32 + domain. */
  readonly exporters: ReadonlyMap<StoredAddress, number>;
  readonly domains: ReadonlyMap<number, number>;
  /** From 1. */
  readonly pieces: readonly ClockPiece[];
  /** The number of the first piece of an hour, by domain * `HOURS` + hour since 1970 of receipt. */
  readonly firstOfHour: ReadonlyMap<number, number>;
  /** Where within an hour the clock was set: what is received from then on is of another piece. The latest first. */
  readonly steps: readonly { readonly hour: number; readonly fromUs: number; readonly piece: number }[];
  /** Sentences about it for whoever reads the answer. */
  readonly notes: readonly string[];
}

interface Told {
  readonly exporter: unknown;
  readonly domain: number;
  readonly atUs: number;
  readonly aheadUs: number;
  readonly headerUs: number;
}

/** Audits the clocks of all exporters of the store, as the collector does while it collects. */
export async function clockCorrections(store: AskedStore, dialect: Dialect): Promise<ClockCorrections> {
  const [all] = await store.query<Record<string, number | null>>(
    'SELECT count(*) AS total, min(received_at_us) AS first_us, max(received_at_us) AS last_us FROM flows',
  );
  const spanUs = Number(all?.['last_us'] ?? 0) - Number(all?.['first_us'] ?? 0);
  const slotUs = Number(all?.['total'] ?? 0) <= MAX_ROWS ? 1 : Math.ceil(spanUs / SLOTS);
  const numbers = new Map<StoredAddress, number>();
  const domains = new Map<number, number>();
  const cut = new PieceCutter();
  const bounds: ClockSegment[] = [];
  // One clock after the other: what is kept of it while it is audited is not kept of all.
  for (const { exporter, domain, rows } of runsOf(await store.query<Told>(toldSql(slotUs, dialect)), dialect)) {
    if (!numbers.has(exporter)) numbers.set(exporter, numbers.size + 1);
    const number = domains.size + 1;
    domains.set((numbers.get(exporter) as number) * 2 ** 32 + domain, number);
    const { segments, hours } = audited(rows, slotUs);
    bounds.push(...segments);
    for (const hour of hours) cut.hour(number, hour, segments);
  }
  const { pieces, firstOfHour, steps } = cut;
  const latest = steps.toSorted((one, other) => other.fromUs - one.fromUs).slice(0, MAX_STEPS);
  return { exporters: numbers, domains, pieces, firstOfHour, steps: latest, notes: notesOf(bounds) };
}

/** The rows of each exporter and domain, which lie together. */
function* runsOf(
  told: readonly Told[],
  dialect: Dialect,
): Generator<{ readonly exporter: StoredAddress; readonly domain: number; readonly rows: readonly Told[] }> {
  const isOfRun = (row: Told | undefined, { exporter, domain }: Told): boolean =>
    row !== undefined && row.domain === domain && dialect.readAddress(row.exporter) === dialect.readAddress(exporter);
  for (let from = 0; from < told.length;) {
    const first = told[from] as Told;
    let to = from + 1;
    while (isOfRun(told[to], first)) to++;
    yield { exporter: dialect.readAddress(first.exporter), domain: Number(first.domain), rows: told.slice(from, to) };
    from = to;
  }
}

/** What a clock was, and in which hours since 1970 its exporter was heard. */
function audited(
  rows: readonly Told[],
  slotUs: number,
): { readonly segments: readonly ClockSegment[]; readonly hours: Set<number> } {
  const audit = new ClockAudit();
  const hours = new Set<number>();
  for (const { atUs, aheadUs, headerUs } of rows) {
    const receivedAtUs = Number(atUs);
    const latestUs = receivedAtUs + Number(aheadUs);
    audit.add({ receivedAtUs, latestUs, exportTimeUs: receivedAtUs + Math.round(Number(headerUs)), uptimeMs: undefined });
    for (const us of [receivedAtUs, receivedAtUs + slotUs - 1]) hours.add(Math.floor(us / HOUR_US));
  }
  return { segments: audit.estimate()?.segments ?? [], hours };
}

/** Of each Message, or of each slot: the most its clock can be seen to be ahead, and what its header says on average. sFlow tells no time. */
function toldSql(slotUs: number, dialect: Dialect): string {
  const { whole } = dialect;
  const headerMs = `${whole('export_time_s')} * 1000`;
  const isFine = `export_protocol = ${IPFIX} AND flow_end_ms >= ${headerMs} AND flow_end_ms < ${headerMs} + 1000`;
  const latestMs = `CASE WHEN ${isFine} THEN ${whole('flow_end_ms')} ELSE ${headerMs} END`;
  const receivedUs = whole('received_at_us');
  return `SELECT ${dialect.address('exporter')} AS exporter, domain, min(received_us) AS "atUs", max(ahead_us) AS "aheadUs", avg(header_us) AS "headerUs"
    FROM (SELECT exporter_ipv4, exporter_ipv6, observation_domain_id AS domain, ${receivedUs} AS received_us,
        (${latestMs}) * ${US_PER_MS} - ${receivedUs} AS ahead_us, ${whole('export_time_s')} * ${US_PER_S} - ${receivedUs} AS header_us,
        ${dialect.quotient('received_at_us', slotUs)} AS slot
      FROM flows WHERE export_protocol <> ${SFLOW}) AS told
    GROUP BY exporter_ipv4, exporter_ipv6, domain, slot ORDER BY exporter_ipv4, exporter_ipv6, domain, "atUs"`;
}

/** Cuts segments at full hours. */
class PieceCutter {
  readonly pieces: ClockPiece[] = [];
  readonly firstOfHour = new Map<number, number>();
  readonly steps: { hour: number; fromUs: number; piece: number }[] = [];

  /** A segment holds until the next begins, the first and the last beyond their ends. */
  hour(domain: number, hour: number, segments: readonly ClockSegment[]): void {
    const [beginUs, endUs] = [hour * HOUR_US, (hour + 1) * HOUR_US];
    const key = domain * HOURS + hour;
    for (const [index, segment] of segments.entries()) {
      const untilUs = segments[index + 1]?.fromUs ?? Infinity;
      if (untilUs <= beginUs || (index > 0 && segment.fromUs >= endUs)) continue;
      const piece = this.pieces.push(pieceOf(segment, beginUs));
      if (!this.firstOfHour.has(key)) this.firstOfHour.set(key, piece);
      else this.steps.push({ hour: key, fromUs: segment.fromUs, piece });
    }
  }
}

/** What may well be right is left as it is: a clock that lies within its bound, and a drift. */
function pieceOf({ offsetMs, boundMs, driftPpm, driftBoundPpm, atUs }: ClockSegment, beginUs: number): ClockPiece {
  if (Math.abs(offsetMs) <= boundMs) return { offsetUs: 0, driftPpb: 0 };
  const drift = Math.abs(driftPpm) <= driftBoundPpm ? 0 : Math.max(-MAX_DRIFT_PPM, Math.min(MAX_DRIFT_PPM, driftPpm));
  return {
    offsetUs: Math.round(offsetMs * US_PER_MS - (drift * (atUs - beginUs)) / PPM),
    driftPpb: Math.round(drift * PPB_PER_PPM),
  };
}

function notesOf(segments: readonly ClockSegment[]): string[] {
  const worst = segments.reduce<ClockSegment | undefined>(
    (most, segment) => (most === undefined || segment.boundMs > most.boundMs ? segment : most),
    undefined,
  );
  if (worst === undefined) return ['no exporter told the time: nothing is corrected'];
  return [
    "times are corrected by what exporters' clocks were ahead, the upper envelope of what their Messages say less when they came, and left alone where they may well be right; " +
      `the least certain was ${offsetWords(worst)}, beside the delay on the way`,
  ];
}
