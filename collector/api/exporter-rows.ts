import type { ClockSegment } from '../clock-audit/clock-audit.ts';
import { noFlags, type TimeFlags } from '../clock-audit/time-flags.ts';
import { sessionId, type SessionSummary } from '../collecting/session-summary.ts';

/** Counts of a session that only grow, each of them by its own name there. */
export const GROWING = [
  'messages',
  'octets',
  'dataRecords',
  'duplicatedMessages',
  'reorderedMessages',
  'withoutTemplate',
  'droppedSets',
  'restarts',
] as const;
/** Figures of a session that go down too: late Messages take back from the lost, Sets stop waiting. */
export const CHANGING = ['lostRecords', 'lostMessages', 'waitingSets', 'templates', 'expiredTemplates'] as const;

/** Of its clock. */
const CLOCK_COUNTS = ['steps', 'stalls', 'strays'] as const;

export type Growing = (typeof GROWING)[number] | (typeof CLOCK_COUNTS)[number] | keyof TimeFlags | 'malformed';
export type Changing = (typeof CHANGING)[number];
type Figures = Record<Growing, number>;

/** What was counted under one pair of labels: of an exporter's address and domain, or of all that have no row of their own. */
export interface ExporterRow {
  /** `other` for all that have no row of their own. */
  readonly exporter: string;
  readonly domain: string;
  readonly growing: Figures;
  readonly changing: Record<Changing, number>;
  /** Of the session heard last; `undefined` where it is not known, or of several exporters. */
  clock: ClockSegment | undefined;
}

const OTHER = 'other';

/** A session as it was when it was looked at last. */
interface Seen {
  readonly row: ExporterRow;
  readonly figures: Figures;
}

/**
 * A bounded number of rows for any number of sessions. A session is of one row as long as it lives, and a row grows by what its sessions grew
 * since it was looked at last: so no count ever falls, whoever comes and goes. What a session counts between the last look and its end is
 * in no row.
 */
export class ExporterRows {
  readonly #maxRows: number;
  readonly #rows = new Map<string, ExporterRow>();
  readonly #other = emptyRow(OTHER, OTHER);
  #seen = new Map<string, Seen>();

  constructor(maxRows: number) {
    this.#maxRows = maxRows;
  }

  /** The rows as they are now. Those of exporters that are gone are given up, for others to have. */
  update(sessions: readonly SessionSummary[]): ExporterRow[] {
    this.#forgetAll(sessions);
    const seen = new Map<string, Seen>();
    const heard = new Map<ExporterRow, number>();
    // Who sent most has a row first: a flood of invented sources sends little under each.
    for (const session of [...sessions].sort((one, other) => other.dataRecords - one.dataRecords)) {
      const key = sessionId(session);
      const before = this.#seen.get(key);
      const row = before?.row ?? this.#rowOf(session);
      const figures = figuresOf(session);
      grow(row, figures, before?.figures);
      for (const name of CHANGING) row.changing[name] += session[name];
      if (row !== this.#other && session.lastHeardUs >= (heard.get(row) ?? 0)) {
        heard.set(row, session.lastHeardUs);
        row.clock = session.clock.estimate?.now;
      }
      seen.set(key, { row, figures });
    }
    this.#seen = seen;
    return [...this.#rows.values(), ...(hasAny(this.#other) ? [this.#other] : [])];
  }

  #forgetAll(sessions: readonly SessionSummary[]): void {
    const present = new Set(sessions.map(rowKey));
    for (const key of this.#rows.keys()) if (!present.has(key)) this.#rows.delete(key);
    for (const row of [...this.#rows.values(), this.#other]) for (const name of CHANGING) row.changing[name] = 0;
  }

  #rowOf(session: SessionSummary): ExporterRow {
    const key = rowKey(session);
    const known = this.#rows.get(key);
    if (known !== undefined) return known;
    if (this.#rows.size >= this.#maxRows) return this.#other;
    const row = emptyRow(addressOf(session.source), String(session.observationDomainId));
    this.#rows.set(key, row);
    return row;
  }
}

/** Without the port: an exporter that is switched on anew has another. */
const addressOf = (source: string): string => source.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
const rowKey = ({ source, observationDomainId }: SessionSummary): string => `${observationDomainId} ${addressOf(source)}`;

const emptyRow = (exporter: string, domain: string): ExporterRow => ({
  exporter,
  domain,
  growing: { malformed: 0, ...zeros(GROWING), ...zeros(CLOCK_COUNTS), ...noFlags() },
  changing: zeros(CHANGING),
  clock: undefined,
});

const zeros = <Name extends string>(names: readonly Name[]): Record<Name, number> =>
  Object.fromEntries(names.map((name) => [name, 0])) as Record<Name, number>;

function figuresOf(session: SessionSummary): Figures {
  const { steps, stalls, strays, flags } = session.clock;
  const malformed = Object.values(session.malformed).reduce((sum, count) => sum + count, 0);
  const figures = { malformed, ...zeros(GROWING), steps, stalls, strays, ...flags };
  for (const name of GROWING) figures[name] = session[name];
  return figures;
}

/** A session that counts less than before was forgotten in between and has begun anew. */
function grow(row: ExporterRow, now: Figures, before: Figures | undefined): void {
  const isSame = before !== undefined && now.messages >= before.messages;
  for (const name of Object.keys(now) as Growing[]) row.growing[name] += now[name] - (isSame ? before[name] : 0);
}

const hasAny = ({ growing }: ExporterRow): boolean => Object.values(growing).some((count) => count > 0);
