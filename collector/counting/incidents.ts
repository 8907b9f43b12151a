import { sessionId, type SessionSummary } from '../collecting/session-summary.ts';
import { wordCount } from '../query/wording.ts';

/** What an operator's log tells of: codes never change their meaning. */
export type IncidentCode =
  | 'session-begun'
  | 'loss'
  | 'restart'
  | 'clock-set'
  | 'malformed'
  | 'sets-given-up'
  | 'template-refused'
  | 'sessions-evicted'
  | 'records-dropped'
  | 'kernel-drops'
  | 'store-stopped'
  | 'store-resumed'
  | 'retention-stopped'
  | 'retention-resumed'
  | 'rows-unwatched'
  | 'detection-stopped'
  | 'journal-stopped'
  | 'journal-resumed'
  | 'journal-damaged';

export interface Incident {
  readonly code: IncidentCode;
  readonly level: 'info' | 'warn' | 'error';
  /** Whom it is about; nobody alone when missing. */
  readonly exporter?: string;
  readonly domain?: number;
  /** How many of what the sentence says. */
  readonly count?: number;
  readonly sentence: string;
}

/** What is looked at: everything in it has been counted since the start. */
export interface Watched {
  readonly sessions: readonly SessionSummary[];
  readonly refusedTemplates: number;
  readonly evictedSessions: number;
  readonly droppedFlows: number;
  readonly droppedNatEvents: number;
  readonly kernelDrops: number | undefined;
  /** Why the store stores nothing; `undefined` while it does. */
  readonly storeStopped: string | undefined;
  /** Why old records are not deleted as they are to be; `undefined` while they are. */
  readonly retentionStopped?: string | undefined;
  /** Records and events that detection did not look at, and why it looks at none any more. */
  readonly unwatchedRows?: number;
  readonly detectionStopped?: string | undefined;
  /** Why datagrams that wait are not safe on disk, or why none is received any more; `undefined` while all is well. */
  readonly journalStopped?: string | undefined;
  /** Datagrams of blocks that were not what was written. */
  readonly damagedDatagrams?: number;
}

type Common =
  | 'refusedTemplates'
  | 'evictedSessions'
  | 'droppedFlows'
  | 'droppedNatEvents'
  | 'kernelDrops'
  | 'unwatchedRows'
  | 'damagedDatagrams';

const COMMON: readonly (readonly [Common, IncidentCode, Incident['level'], one: string, what: string])[] = [
  ['refusedTemplates', 'template-refused', 'warn', 'Template', 'not taken'],
  ['evictedSessions', 'sessions-evicted', 'warn', 'exporter', 'forgotten for want of room'],
  ['droppedFlows', 'records-dropped', 'error', 'flow', 'not stored: the store does not keep up'],
  ['droppedNatEvents', 'records-dropped', 'error', 'NAT event', 'not stored: the store does not keep up'],
  [
    'unwatchedRows',
    'rows-unwatched',
    'warn',
    'record',
    'stored and not looked at for anything unusual: detection does not keep up',
  ],
  ['damagedDatagrams', 'journal-damaged', 'error', 'datagram', 'not read: what is on disk is not what was written'],
  ['kernelDrops', 'kernel-drops', 'error', 'datagram', 'dropped by the kernel: the receive buffer was full'],
];

/** Finds what happened between two looks at what was counted: so nothing is done for a log where records are decoded. */
export class IncidentWatch {
  #before: Watched | undefined;
  #sessions = new Map<string, SessionSummary>();

  /** What happened since the last look. */
  look(now: Watched): Incident[] {
    const before = this.#before;
    const sessions = new Map(now.sessions.map((session) => [sessionId(session), session]));
    const incidents = [
      ...commonIncidents(now, before),
      ...storeIncidents(now.storeStopped, before?.storeStopped),
      ...retentionIncidents(now.retentionStopped, before?.retentionStopped),
      ...journalIncidents(now.journalStopped, before?.journalStopped),
      ...detectionIncidents(now.detectionStopped, before?.detectionStopped),
    ];
    for (const [key, session] of sessions) incidents.push(...sessionIncidents(session, this.#sessions.get(key)));
    this.#before = now;
    this.#sessions = sessions;
    return incidents;
  }
}

const commonIncidents = (now: Watched, before: Watched | undefined): Incident[] =>
  COMMON.flatMap(([name, code, level, one, what]) => {
    const count = (now[name] ?? 0) - (before?.[name] ?? 0);
    return count > 0 ? [{ code, level, count, sentence: `${wordCount(count, one)} ${what}` }] : [];
  });

function storeIncidents(stopped: string | undefined, before: string | undefined): Incident[] {
  if (stopped === before) return [];
  if (stopped === undefined) return [{ code: 'store-resumed', level: 'info', sentence: 'the store stores again' }];
  return [{ code: 'store-stopped', level: 'error', sentence: `the store stores nothing: ${stopped}` }];
}

function retentionIncidents(stopped: string | undefined, before: string | undefined): Incident[] {
  if (stopped === before) return [];
  if (stopped === undefined) return [{ code: 'retention-resumed', level: 'info', sentence: 'old records are deleted again' }];
  return [{ code: 'retention-stopped', level: 'error', sentence: `old records are not summed up and deleted: ${stopped}` }];
}

function journalIncidents(stopped: string | undefined, before: string | undefined): Incident[] {
  if (stopped === before) return [];
  if (stopped === undefined)
    return [{ code: 'journal-resumed', level: 'info', sentence: 'datagrams that wait are on disk again' }];
  return [{ code: 'journal-stopped', level: 'error', sentence: `datagrams that wait are not safe on disk: ${stopped}` }];
}

/** It does not begin again. */
const detectionIncidents = (stopped: string | undefined, before: string | undefined): Incident[] =>
  stopped === before
    ? []
    : [{ code: 'detection-stopped', level: 'error', sentence: `nothing is looked at for anything unusual any more: ${stopped}` }];

function sessionIncidents(session: SessionSummary, before: SessionSummary | undefined): Incident[] {
  const about = { exporter: session.source, domain: session.observationDomainId };
  const incidents: Incident[] = [];
  if (before === undefined)
    incidents.push({
      code: 'session-begun',
      level: 'info',
      ...about,
      sentence: `sends ${session.protocol}${session.isReliable ? ' over a connection' : ''}`,
    });
  const warn = (code: IncidentCode, count: number, sentence: string): void => {
    if (count > 0) incidents.push({ code, level: 'warn', ...about, count, sentence });
  };
  const lost = session.lost - (before?.lost ?? 0);
  warn('loss', lost, `${wordCount(lost, session.lostUnit === 'messages' ? 'Message' : 'record')} missing by sequence numbers`);
  const restarts = session.restarts - (before?.restarts ?? 0);
  warn('restart', restarts, 'began to count anew');
  const set = session.clock.steps - (before?.clock.steps ?? 0);
  warn('clock-set', set, `${wordCount(set, 'time')}: by its Messages its clock was set, or they come late`);
  const givenUp = session.droppedSets - (before?.droppedSets ?? 0);
  warn('sets-given-up', givenUp, `${wordCount(givenUp, 'Data Set')} given up without a Template`);
  for (const [reason, count] of Object.entries(session.malformed)) {
    const more = count - (before?.malformed[reason] ?? 0);
    warn('malformed', more, `${wordCount(more, 'fault')}: ${reason}`);
  }
  return incidents;
}
