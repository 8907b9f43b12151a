import type { Reason } from '../catalogue.ts';
import type { Holder } from '../people/seen-flows.ts';
import { wordCount } from '../wording.ts';
import type { Role, Server, Session } from './sessions.ts';
import { shapeOf, type Shape, type ShapeName } from './shape.ts';

/** Something a person would name: a film, a call, an upload. Times are milliseconds since 1970, octets of IP packets. */
export interface NamedActivity {
  /** The same as long as its first record is. */
  readonly id: string;
  readonly holder: Holder;
  /** By name, as questions know it. */
  readonly application: string;
  /** What was done, without the name: `watched YouTube`. */
  readonly label: string;
  readonly category: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly upOctets: number;
  readonly downOctets: number;
  readonly flows: number;
  readonly connections: number;
  readonly servers: readonly Server[];
  /** 0 to 1. */
  readonly confidence: number;
  /** The rule and its numbers, as sentences. */
  readonly why: readonly string[];
}

/** How far each clue is to be believed by itself: guesses, which the lab's runs bear out. */
const TRUST: Readonly<Record<Reason, number>> = { exported: 0.9, name: 0.85, prefix: 0.75, port: 0.5, none: 0.1 };
/** How far a form is, by itself, and what is left of the trust in a clue where the form is another. */
const SHAPE_TRUST = 0.7;
const DOUBT = 0.8;

/** The form that what belongs to a category has. */
const EXPECTED: Readonly<Record<string, ShapeName>> = {
  streaming: 'stream',
  meetings: 'call',
  telephony: 'call',
  downloads: 'download',
  updates: 'download',
  uploads: 'upload',
  backup: 'upload',
};
/** What a form is called where nobody told the application. */
const GUESSES: readonly (readonly [ShapeName, string])[] = [
  ['call', 'meetings'],
  ['stream', 'streaming'],
];
const BY_ROLE: Readonly<Record<Role, string | undefined>> = { upload: 'uploads', download: 'downloads', other: undefined };
/** Folders that are kept in step when no file is moved on purpose. */
const SYNCHRONISED: ReadonlySet<string> = new Set(['dropbox', 'onedrive']);
/** Applications that say no more than the port does. */
const ANYTHING: ReadonlySet<string> = new Set(['web', 'other']);

/** Names a session by what its application is known to be and by its form; where both agree it is the surer. */
export function nameActivity(session: Session): NamedActivity {
  const { application, reason, holder, startMs, endMs, upOctets, downOctets, flows, connections, servers } = session;
  const guess = ANYTHING.has(application.name) && TRUST[reason] <= TRUST.port ? guessOf(session) : undefined;
  const known = SYNCHRONISED.has(application.name) ? 'cloud' : application.category;
  const category = guess?.category ?? BY_ROLE[session.role] ?? known;
  const expected = EXPECTED[category];
  const shape = guess?.shape ?? (expected && shapeOf(expected, session));
  return {
    id: `${session.firstFlow}-${session.role}`,
    holder,
    application: application.name,
    label: labelOf(session, category),
    category,
    startMs,
    endMs,
    upOctets,
    downOctets,
    flows,
    connections,
    servers,
    confidence: confidenceOf(reason, shape, session.role),
    why: [reasonSentence(session), ...(shape === undefined ? [] : [shape.fits ? shape.sentence : `${shape.sentence} This is not so here, which makes it less sure.`])], // prettier-ignore
  };
}

function guessOf(session: Session): { category: string; shape: Shape } | undefined {
  if (session.role !== 'other') return undefined;
  for (const [name, category] of GUESSES) {
    const shape = shapeOf(name, session);
    if (shape.fits) return { category, shape };
  }
  return undefined;
}

/** Two witnesses: both would have to be wrong. A transfer is one by its form, whatever carries it. */
function confidenceOf(reason: Reason, shape: Shape | undefined, role: Role): number {
  const trust = TRUST[reason];
  if (shape === undefined) return trust;
  if (!shape.fits) return round(trust * DOUBT);
  return round(1 - (1 - Math.max(trust, role === 'other' ? 0 : SHAPE_TRUST)) * (1 - SHAPE_TRUST));
}

const round = (value: number): number => Math.round(value * 100) / 100;

function reasonSentence({ application, reason, servers: [server] }: Session): string {
  const { label } = application;
  const where = server === undefined ? 'the server' : (server.name ?? server.address);
  switch (reason) {
    case 'exported':
      return `The exporter called it ${application.name}.`;
    case 'name':
      return `DNS had given the server the name ${where}, which is ${label}.`;
    case 'prefix':
      return `The server ${server?.address ?? ''} is one of ${label}.`;
    case 'port':
      return `Port ${server?.port ?? 0} of ${where} is that of ${label}.`;
    case 'none':
      return `Nothing is known of ${where}, port ${server?.port ?? 0}.`;
  }
}

const LABELS: Readonly<Record<string, (session: Session) => string>> = {
  spotify: () => 'listened to Spotify',
  'smtp-submission': ({ connections }) => `sent ${wordCount(connections, 'e-mail')}`,
  imap: () => 'read mail',
  gmail: () => 'read private mail',
  voip: () => 'telephoned',
  slack: () => 'chatted on Slack',
  push: () => 'received notifications',
  ssh: () => 'worked on servers',
  rdp: () => 'worked on a remote desktop',
  vpn: () => 'was in another network',
  'google-search': () => 'searched with Google',
};

const CATEGORY_LABELS: Readonly<Record<string, (label: string) => string>> = {
  streaming: (label) => `watched ${label}`,
  meetings: (label) => `met on ${label}`,
  downloads: (label) => `downloaded from ${label}`,
  uploads: (label) => `uploaded to ${label}`,
  cloud: (label) => `synchronised ${label}`,
  updates: (label) => `updated ${label}`,
  web: () => 'browsed the web',
  'file sharing': (label) => `shared files over ${label}`,
  backup: (label) => `backed up to ${label}`,
};

function labelOf({ application, role, servers, ...session }: Session, category: string): string {
  const own = role === 'other' && category === application.category ? LABELS[application.name] : undefined;
  if (own !== undefined) return own({ application, role, servers, ...session });
  const [server] = servers;
  // A file from "the web" is from somewhere.
  const where = ANYTHING.has(application.name) && category !== 'web' ? (server?.name ?? server?.address) : undefined;
  return (CATEGORY_LABELS[category] ?? ((label) => `used ${label}`))(where ?? application.label);
}
