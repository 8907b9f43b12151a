import { inspect } from 'node:util';
import { formatIPv4 } from '../../core/net/address.ts';
import { formatStored, parseRange, type AddressRange } from '../../core/net/stored-address.ts';
import { addressesOf } from '../../collector/query/inventory.ts';
import type { CreateDayDetector, DayDetector, DayOffice } from './day-detector.ts';
import type { CreateDetector, DetectorAlert, DetectorOffice } from './detector.ts';
import { plainFlows, plainNatEvents } from './plain-flows.ts';

/** A detector of somebody else's did what it may not; the message is one sentence. */
export class DetectorMistake extends Error {
  override readonly name = 'DetectorMistake';
}

/** Alerts of one detector and day that are kept; one more is a mistake, since nobody would read them. */
const MAX_ALERTS = 100_000;

/** A detector that takes plain flows, as one that takes the collector's batches. */
export const plainDetector =
  (create: CreateDetector): CreateDayDetector =>
  (office) => {
    const detector = create(officeOf(office));
    const said = new SaidAlerts();
    return {
      flows: (batch, nowMs) => said.add(detector.flows(plainFlows(batch, office), nowMs), nowMs),
      natEvents: (batch, nowMs) => said.add(detector.natEvents?.(plainNatEvents(batch), nowMs), nowMs),
      end: (nowMs) => said.add(detector.end?.(nowMs), nowMs),
      get alerts() {
        return said.alerts;
      },
    };
  };

const officeOf = ({ inside, inventory, publicAddresses, forbidden }: DayOffice): DetectorOffice => ({
  inside: inside.map(prefixOf),
  inventory: inventory.map((entry) => ({ name: entry.name, addresses: addressesOf(entry) })),
  publicAddresses: publicAddresses.map(formatIPv4),
  forbidden,
});

function prefixOf({ first, last }: AddressRange): string {
  const bits = formatStored(first).includes(':') ? 128 : 32;
  const size = BigInt(last) - BigInt(first) + 1n;
  return `${formatStored(first)}/${bits - (size.toString(2).length - 1)}`;
}

/** Alerts as they were said, those with the same id in one. */
class SaidAlerts {
  readonly #byId = new Map<string | symbol, DayDetector['alerts'][number]>();

  get alerts(): DayDetector['alerts'] {
    return [...this.#byId.values()];
  }

  add(said: Iterable<DetectorAlert> | void, nowMs: number): void {
    if (said === undefined) return;
    for (const alert of iterate(said)) {
      const { kind, address, targets = [], firstSeenMs, lastSeenMs, raisedAtMs = nowMs, id = Symbol() } = checked(alert);
      const earlier = this.#byId.get(id);
      this.#byId.set(id, {
        kind,
        address,
        targets,
        firstSeenMs,
        lastSeenMs,
        raisedAtMs: earlier?.raisedAtMs ?? raisedAtMs,
      });
      if (this.#byId.size > MAX_ALERTS) throw new DetectorMistake(`the detector gave more than ${MAX_ALERTS} alerts in one day`);
    }
  }
}

/** What is written in JavaScript may return anything. */
function iterate(said: unknown): Iterable<unknown> {
  if (typeof said === 'object' && said !== null && Symbol.iterator in said) return said as Iterable<unknown>;
  throw new DetectorMistake('a method of the detector returned neither nothing nor a list of alerts');
}

function checked(given: unknown): DetectorAlert {
  const alert = given as Partial<Record<keyof DetectorAlert, unknown>> | null;
  if (typeof alert !== 'object' || alert === null) throw mistaken(given, 'is not an object');
  for (const key of ['firstSeenMs', 'lastSeenMs'] as const) {
    if (!Number.isFinite(alert[key])) throw mistaken(given, `has no ${key}, a number of milliseconds since 1970`);
  }
  if (alert.raisedAtMs !== undefined && !Number.isFinite(alert.raisedAtMs))
    throw mistaken(given, 'has a raisedAtMs that is not a number of milliseconds since 1970');
  if (typeof alert.kind !== 'string') throw mistaken(given, 'has no kind, a text such as "port-scan"');
  if (typeof alert.address !== 'string' || parseRange(alert.address) === undefined)
    throw mistaken(given, 'has no address, the text of an IPv4 or IPv6 address');
  const { targets } = alert;
  if (targets !== undefined && !(Array.isArray(targets) && targets.every((target) => typeof target === 'string')))
    throw mistaken(given, 'has targets that are not a list of texts');
  return given as DetectorAlert;
}

/** What was given may hold anything, itself as well. */
const mistaken = (given: unknown, what: string): DetectorMistake =>
  new DetectorMistake(`the alert ${inspect(given, { breakLength: Infinity, compact: true, customInspect: false })} ${what}`);
