import type { Sure } from './sure.ts';

/** Something a person would name: a film, a call, an upload. Instants are milliseconds since 1970. */
export interface ActivityView {
  /** For links; the same as long as the session's first flow is. */
  readonly id: string;
  /** By name, as questions know it: `youtube`. */
  readonly application: string;
  /** In words: `watched YouTube`. */
  readonly label: string;
  readonly category: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly upOctets: number;
  readonly downOctets: number;
  readonly octets: number;
  /** Records. */
  readonly flows: number;
  /** Names or addresses, those with most octets first; ten at most. */
  readonly servers: readonly string[];
  /** 0 to 1. */
  readonly confidence: number;
  /** Why it is called so, with the numbers, as sentences. */
  readonly why: readonly string[];
  /** Where the truth is known: what it was and when. */
  readonly truth?: { readonly label: string; readonly startMs: number; readonly endMs: number; readonly octets: number };
}

/** A record of the store as a reader sees it. */
export interface FlowRow {
  readonly id: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly direction: 'up' | 'down';
  readonly server: string;
  readonly serverName?: string;
  readonly port: number;
  /** By its number of IANA's. */
  readonly protocol: number;
  readonly octets: number;
  readonly packets: number;
  readonly application: string;
}

/** An hour, a day or a week in the time zone that was asked for. */
export interface Period {
  readonly unit: 'hour' | 'day' | 'week';
  readonly startMs: number;
  readonly upOctets: number;
  readonly downOctets: number;
  readonly byCategory: Readonly<Record<string, number>>;
}

/** One person's day. Octets are of IP packets. */
export interface PersonView {
  readonly id: string;
  readonly name: string;
  readonly department: string;
  readonly addresses: readonly string[];
  readonly totals: { readonly upOctets: Sure; readonly downOctets: Sure; readonly octets: Sure };
  /** In the order they began. */
  readonly activities: readonly ActivityView[];
  /** The twenty with most octets. */
  readonly destinations: readonly {
    readonly name: string;
    readonly address: string;
    readonly octets: number;
    readonly flows: number;
  }[];
  /** Everybody else, largest first. */
  readonly colleagues: readonly { readonly id: string; readonly name: string; readonly octets: number }[];
  /** The newest 200. */
  readonly flows: readonly FlowRow[];
  /** Hours, days and weeks. */
  readonly periods: readonly Period[];
  /** What a reader must know of how it was counted, as sentences. */
  readonly notes: readonly string[];
}
