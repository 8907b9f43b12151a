import { parseRange, rangeHas, type AddressRange, type StoredAddress } from '../../../core/net/stored-address.ts';
import { isToldAs, type TrueEvent } from './true-event.ts';

/** How far the times of an alert may lie from the event, unless told otherwise, beside the error of the router's clock. */
export const TOLERANCE_S = 60;

/** What a detector said. Times as it told them, in milliseconds since 1970. */
export interface ToldAlert {
  readonly kind: string;
  /** Text of an address or prefix of whom it is about. */
  readonly address: string;
  /** To whom it was done, addresses or prefixes; other words are not compared. */
  readonly targets?: readonly string[] | undefined;
  /** By the router's clock. */
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
  /** By the collector's clock. */
  readonly raisedAtMs: number;
  /** True time at which it was said. */
  readonly raisedTrulyMs: number;
}

/** What became of the alerts of a day. Each is in one list; those of `doubled` were about events told already. */
export interface Matching {
  readonly hits: readonly { readonly event: TrueEvent; readonly alert: ToldAlert }[];
  readonly doubled: readonly ToldAlert[];
  readonly falseAlarms: readonly ToldAlert[];
  readonly missed: readonly TrueEvent[];
  /** Events that were not told and that nobody could have seen. */
  readonly unseen: readonly TrueEvent[];
}

/**
 * Which alert is about which event, one for one: of all ways to pair what fits the one with most pairs, and of several alerts the
 * earliest. `slackMs`: how far an alert's times may lie from the event.
 */
export function matchAlerts(events: readonly TrueEvent[], alerts: readonly ToldAlert[], slackMs: number): Matching {
  const inOrder = alerts.toSorted(byRaise);
  const fitting = inOrder.map((alert) => {
    const isAbout = aboutOf(alert, slackMs);
    return events.flatMap((event, index) => (isAbout(event) ? [index] : []));
  });
  const alertOf = pair(fitting);
  const matched = new Set(alertOf.values());
  const left = inOrder.map((alert, index) => ({ alert, index })).filter(({ index }) => !matched.has(index));
  const fits = (index: number): boolean => (fitting[index] as number[]).length > 0;
  const untold = events.filter((_, index) => !alertOf.has(index));
  return {
    hits: events.flatMap((event, index) => {
      const alert = inOrder[alertOf.get(index) ?? -1];
      return alert === undefined ? [] : [{ event, alert }];
    }),
    doubled: left.filter(({ index }) => fits(index)).map(({ alert }) => alert),
    falseAlarms: left.filter(({ index }) => !fits(index)).map(({ alert }) => alert),
    missed: untold.filter(({ unseen }) => unseen === undefined),
    unseen: untold.filter(({ unseen }) => unseen !== undefined),
  };
}

/** The order in which alerts were raised, whichever they were given in. */
const byRaise = (one: ToldAlert, other: ToldAlert): number =>
  one.raisedTrulyMs - other.raisedTrulyMs ||
  one.firstSeenMs - other.firstSeenMs ||
  one.lastSeenMs - other.lastSeenMs ||
  compare(textOf(one), textOf(other));

const textOf = ({ kind, address, targets = [] }: ToldAlert): string => [kind, address, ...targets].join(' ');
const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

/** Whether an alert can be about an event: its kind, whom it names, and when. */
function aboutOf(alert: ToldAlert, slackMs: number): (event: TrueEvent) => boolean {
  const subject = [parseRange(alert.address)].filter((range) => range !== undefined);
  const targets = (alert.targets ?? []).map(parseRange).filter((range) => range !== undefined);
  return (event) =>
    isToldAs(event.kind, alert.kind) &&
    alert.firstSeenMs <= event.toMs + slackMs &&
    alert.lastSeenMs >= event.fromMs - slackMs &&
    touch(subject, event.subjects) &&
    (targets.length === 0 || event.targets.size === 0 || touch(targets, event.targets));
}

const touch = (ranges: readonly AddressRange[], addresses: ReadonlySet<StoredAddress>): boolean =>
  ranges.some((range) => addresses.has(range.first) || [...addresses].some((address) => rangeHas(range, address)));

/**
 * The largest matching of a bipartite graph by augmenting paths (Kuhn 1955): the alert of each event that has one. Whoever was
 * matched stays so, hence earlier alerts go before later ones.
 */
function pair(fitting: readonly (readonly number[])[]): Map<number, number> {
  const alertOf = new Map<number, number>();
  const place = (alert: number, tried: Set<number>): boolean => {
    for (const event of fitting[alert] as readonly number[]) {
      if (tried.has(event)) continue;
      tried.add(event);
      const holder = alertOf.get(event);
      if (holder !== undefined && !place(holder, tried)) continue;
      alertOf.set(event, alert);
      return true;
    }
    return false;
  };
  for (let alert = 0; alert < fitting.length; alert++) place(alert, new Set());
  return alertOf;
}
