import { writeFileSync } from 'node:fs';
import { z } from 'zod';
import type { TrueNs } from '../../core/time/instant.ts';
import { formatStored, parseStored, type StoredAddress } from '../../core/net/stored-address.ts';
import { isFrom, type AskedStore } from '../../collector/store/flow-store.ts';
import { readJson } from '../read-json.ts';
import { eventRecordsOf, eventsOf, EXHAUSTED, largestErrorMs, scriptOf } from '../score/script.ts';
import { TOLERANCE_S } from '../verify/detection/match.ts';
import { EVENT_KINDS, UNSEEN, type TrueEvent } from '../verify/detection/true-event.ts';
import type { Records } from '../verify/records.ts';
import type { Site } from '../world/site.ts';

/** What an administrator should be told of, in the order it began. */
export interface TrueEvents {
  readonly events: readonly TrueEvent[];
  /** How far the times of an alert may lie from the event it is about. */
  readonly slackMs: number;
}

/** That of a site whose day is over: the store, of which `stored` are the records, tells which of it could be seen. */
export async function eventsOfDay(site: Site, store: AskedStore, stored: Records): Promise<TrueEvents> {
  const script = scriptOf(site);
  const records = eventRecordsOf(site.ledger, script);
  records.add(stored);
  const [told] = await store.query<{ count: number }>(
    `SELECT count(*)::DOUBLE AS count FROM nat_events WHERE kind IN (${EXHAUSTED.join()}) AND ${isFrom(site.exporter)}`,
  );
  return { events: eventsOf(site, { script, records, exhaustions: told?.count ?? 0 }), slackMs: slackOf(site, site.end) };
}

/** What there was so far; while records are on their way nobody can say that it could not be seen. */
export function eventsSoFar(site: Site, now: TrueNs): TrueEvents {
  const script = scriptOf(site);
  const events = eventsOf(site, { script, records: eventRecordsOf(site.ledger, script), exhaustions: 0 });
  return {
    events: events.filter(({ flows }) => flows > 0).map(({ unseen: _, ...event }) => event),
    slackMs: slackOf(site, now),
  };
}

const slackOf = ({ clock }: Site, until: TrueNs): number => TOLERANCE_S * 1_000 + largestErrorMs(clock.clock.historyUntil(until));

const addressSet = z.array(z.string()).transform((texts, context): ReadonlySet<StoredAddress> => {
  const found = texts.map(parseStored).filter((address) => address !== undefined);
  if (found.length < texts.length) context.addIssue('must all be IP addresses');
  return new Set(found);
});

const daySchema = z.strictObject({
  name: z.string(),
  slackMs: z.number(),
  events: z.array(
    z.strictObject({
      kind: z.enum(EVENT_KINDS),
      who: z.string(),
      subjects: addressSet,
      targets: addressSet,
      fromMs: z.number(),
      toMs: z.number(),
      flows: z.number(),
      octets: z.number(),
      records: z.number(),
      unseen: z.enum(UNSEEN).optional(),
    }),
  ),
});

const daysSchema = z.strictObject({ sites: z.array(daySchema) });

/** Writes events.json: what there was at each site, by its name. */
export function writeEvents(path: string, days: ReadonlyMap<string, TrueEvents>): void {
  const texts = (addresses: ReadonlySet<StoredAddress>): string[] => [...addresses].map(formatStored);
  const sites = [...days].map(([name, { slackMs, events }]) => ({
    name,
    slackMs,
    events: events.map((event) => ({ ...event, subjects: texts(event.subjects), targets: texts(event.targets) })),
  }));
  writeFileSync(path, `${JSON.stringify({ sites }, null, 2)}\n`);
}

/** Reads events.json, by the site. Throws a UsageError of one sentence when it is of another version or damaged. */
export function readEvents(path: string): Map<string, TrueEvents> {
  const { sites } = readJson(path, daysSchema);
  return new Map(
    sites.map(({ name, slackMs, events }) => [
      name,
      { slackMs, events: events.map(({ unseen, ...event }) => ({ ...event, ...(unseen === undefined ? {} : { unseen }) })) },
    ]),
  );
}
