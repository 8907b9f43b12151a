import { addBetween } from './count.ts';
import { UP, type Ledger } from './ledger.ts';
import { categoryOf, serviceOf } from './services.ts';
import { outsideAddress } from './truth.ts';

/** Packets so long after all before them are another session. */
const GAP_NS = 300e9;
/** A connection that carries so many octets, so many times as many as come back, moves a file. */
const FILE_OCTETS = 5_000_000;
const FILE_RATIO = 8;
/** Where that is told apart from the rest. */
const WITH_FILES: ReadonlySet<string> = new Set(['web', 'downloads', 'cloud', 'other', 'remote work']);
/** Folders that keep themselves in step; what they do else is that. */
const SYNCHRONISED: ReadonlySet<string> = new Set(['dropbox', 'onedrive']);
/** Not what somebody does: names, times and errors. */
const NOT_DONE = 'infrastructure';

/** Things of the script that are one, however long they pause, with their category; of all others the traffic speaks for itself. */
const SCRIPTED: Readonly<Record<string, string>> = {
  watch: 'streaming',
  sendMail: 'mail',
  download: 'downloads',
  meet: 'meetings',
  share: 'file sharing',
  exfiltrate: 'uploads',
};

/** What somebody did. Times are of the scenario, octets as the ledger has them. */
export interface DoneActivity {
  readonly who: string;
  readonly service: string;
  readonly category: string;
  readonly startNs: number;
  readonly endNs: number;
  readonly octets: number;
}

/** The same by the ledger; `script` is its number in the scenario's script, below 0 for what nobody wrote down. */
export interface TrueActivity extends DoneActivity {
  readonly script: number;
  /** Of all octets. */
  readonly upOctets: number;
}

/** What the judge is told about the script and the people. */
export interface Cast {
  /** The kind of an activity of the script. */
  readonly kindOf: (activity: number) => string | undefined;
  /** By what name the device is known; `undefined` for nobody's. */
  readonly whoOf: (device: number, insideAddress: number) => string | undefined;
}

interface Part {
  startNs: number;
  endNs: number;
  octets: number;
  upOctets: number;
}

/**
 * What people really did: an activity of the script is one, and of the rest what a device did with a service, files apart from all else, without a
 * pause of five minutes.
 */
export function trueActivities(ledger: Ledger, cast: Cast): TrueActivity[] {
  const { trains } = ledger;
  const kinds = connectionKinds(ledger, cast);
  const parts = new Map<Kind, Part[]>();
  for (let train = 0; train < ledger.length; train++) {
    const kind = kinds[trains.connection.at(train)];
    if (kind === undefined) continue;
    const own = parts.get(kind) ?? [];
    parts.set(kind, own);
    own.push(...partsOf(ledger, train));
  }
  const done = [...parts].flatMap(([kind, own]) =>
    joined(own, kind.script >= 0 ? Infinity : GAP_NS).map((part) => ({ ...kind, ...part })),
  );
  return done.sort((one, other) => one.startNs - other.startNs);
}

/** A train as one part; packets that are further apart than sessions are parts each. */
function partsOf(ledger: Ledger, train: number): Part[] {
  const startNs = ledger.trains.startNs.at(train);
  const intervalNs = ledger.trains.intervalNs.at(train);
  const isUp = ledger.trains.direction.at(train) === UP;
  const part = (fromNs: number, toNs: number, octets: number): Part => ({
    startNs: fromNs,
    endNs: toNs,
    octets,
    upOctets: isUp ? octets : 0,
  });
  const all = { packets: 0, octets: 0 };
  addBetween(ledger, train, 0, Infinity, all);
  if (all.packets === 0) return [];
  if (intervalNs < GAP_NS) return [part(startNs, startNs + intervalNs * (all.packets - 1), all.octets)];
  return Array.from({ length: all.packets }, (_, packet) => {
    const atNs = startNs + intervalNs * packet;
    const one = { packets: 0, octets: 0 };
    addBetween(ledger, train, atNs, atNs + 1, one);
    return part(atNs, atNs, one.octets);
  });
}

type Kind = Pick<TrueActivity, 'who' | 'service' | 'category' | 'script'>;

/** What each connection is part of, one object for all that are part of the same; nothing where nobody would name it. */
function connectionKinds(ledger: Ledger, cast: Cast): (Kind | undefined)[] {
  const { connections, trains } = ledger;
  const carried = connections.serverName.map(() => ({ up: 0, down: 0, server: 0 }));
  for (let train = 0; train < ledger.length; train++) {
    const connection = trains.connection.at(train);
    const sum = carried[connection] as { up: number; down: number; server: number };
    const count = { packets: 0, octets: 0 };
    addBetween(ledger, train, 0, Infinity, count);
    if (trains.direction.at(train) === UP) sum.up += count.octets;
    else sum.down += count.octets;
    sum.server = outsideAddress(ledger, train);
  }
  const known = new Map<string, Kind>();
  const sameFor = (kind: Kind): Kind => {
    const key = JSON.stringify(kind);
    const same = known.get(key) ?? kind;
    known.set(key, same);
    return same;
  };
  return carried.map(({ up, down, server }, connection) => {
    const who = cast.whoOf(connections.device.at(connection), connections.insideAddress.at(connection));
    const port = connections.serverPort.at(connection);
    const protocol = connections.protocol.at(connection);
    const place = categoryOf(server, port, protocol);
    if (who === undefined || place === NOT_DONE) return undefined;
    const service = serviceOf(server, port, protocol);
    const script = connections.activity.at(connection);
    const scripted = SCRIPTED[cast.kindOf(script) ?? ''];
    if (scripted !== undefined) return sameFor({ who, service, category: scripted, script });
    const isFile = (one: number, other: number): boolean =>
      WITH_FILES.has(place) && one >= FILE_OCTETS && one >= FILE_RATIO * other;
    const rest = SYNCHRONISED.has(service) ? 'cloud' : place;
    const category = isFile(up, down) ? 'uploads' : isFile(down, up) ? 'downloads' : rest;
    // A file is told apart from the rest of its service, also where both are called downloads.
    const role = isFile(up, down) || isFile(down, up) ? -2 : -1;
    return sameFor({ who, service, category, script: role });
  });
}

/** Parts that follow one another sooner than the gap, as one. */
function joined(parts: readonly Part[], gapNs: number): Part[] {
  const found: Part[] = [];
  for (const part of parts.toSorted((one, other) => one.startNs - other.startNs)) {
    const last = found.at(-1);
    if (last === undefined || part.startNs - last.endNs >= gapNs) found.push({ ...part });
    else {
      last.endNs = Math.max(last.endNs, part.endNs);
      last.octets += part.octets;
      last.upOctets += part.upOctets;
    }
  }
  return found;
}

/** How the activities that were told compare with those there were. */
export interface ActivityScore {
  /** There were so many. */
  readonly truth: number;
  /** Told of the same person, service and category, and for half of the time at least that either lasted. */
  readonly found: number;
  /** Told, but it was not so: another service or category, or at another time. */
  readonly wrong: number;
  /** Not told so. */
  readonly missed: number;
  /** Of the script. */
  readonly scripted: { readonly truth: number; readonly found: number };
  /** Of those found: how far beginnings and ends are off, on average and at most. */
  readonly meanErrorMs: number;
  readonly maxErrorMs: number;
  readonly categories: CategoryScore[];
}

export interface CategoryScore {
  readonly category: string;
  /** Of activities told, and of true ones. */
  readonly octets: number;
  readonly trueOctets: number;
  /** Of activities found: what was told and true. */
  readonly rightOctets: number;
}

const NS_PER_MS = 1e6;
/** What took no time is compared as if it took a second. */
const LEAST_NS = 1e9;
const LEAST_OVERLAP = 0.5;

/** Holds what was told against the truth: pairs are made of those that have most of their time in common. */
export function scoreActivities(truth: readonly TrueActivity[], told: readonly DoneActivity[]): ActivityScore {
  const pairs = pairActivities(truth, told);
  const errors = pairs.flatMap(([one, other]) => [Math.abs(one.startNs - other.startNs), Math.abs(one.endNs - other.endNs)]);
  const scripted = truth.filter(({ script }) => script >= 0);
  const categories = [...new Set([...truth, ...told].map(({ category }) => category))].sort();
  const sum = (all: readonly DoneActivity[], category: string): number =>
    all.reduce((octets, each) => octets + (each.category === category ? each.octets : 0), 0);
  return {
    truth: truth.length,
    found: pairs.length,
    wrong: told.length - pairs.length,
    missed: truth.length - pairs.length,
    scripted: { truth: scripted.length, found: pairs.filter(([{ script }]) => script >= 0).length },
    meanErrorMs: errors.length === 0 ? 0 : errors.reduce((total, error) => total + error, 0) / errors.length / NS_PER_MS,
    maxErrorMs: errors.reduce((most, error) => Math.max(most, error), 0) / NS_PER_MS,
    categories: categories.map((category) => ({
      category,
      octets: Math.round(sum(told, category)),
      trueOctets: sum(truth, category),
      rightOctets: Math.round(
        pairs.reduce((octets, [one, other]) => octets + (one.category === category ? Math.min(one.octets, other.octets) : 0), 0),
      ),
    })),
  };
}

/** Those of the same person, service and category that have half of their time or more in common, one for one. */
export function pairActivities<Told extends DoneActivity>(
  truth: readonly TrueActivity[],
  told: readonly Told[],
): [TrueActivity, Told][] {
  const keyOf = ({ who, service, category }: DoneActivity): string => JSON.stringify([who, service, category]);
  const byKey = new Map<string, Told[]>();
  for (const one of told) {
    const key = keyOf(one);
    const alike = byKey.get(key) ?? [];
    byKey.set(key, alike);
    alike.push(one);
  }
  const possible = truth.flatMap((one) =>
    (byKey.get(keyOf(one)) ?? []).flatMap((other) => {
      const overlap = overlapOf(one, other);
      return overlap >= LEAST_OVERLAP ? [{ one, other, overlap }] : [];
    }),
  );
  possible.sort((first, second) => second.overlap - first.overlap);
  const taken = new Set<DoneActivity>();
  return possible.flatMap(({ one, other }): [TrueActivity, Told][] => {
    if (taken.has(one) || taken.has(other)) return [];
    taken.add(one).add(other);
    return [[one, other]];
  });
}

/** The time that both lasted, as a part of the time that either did. */
function overlapOf(one: DoneActivity, other: DoneActivity): number {
  const [firstEnd, secondEnd] = [one, other].map(({ startNs, endNs }) => Math.max(endNs, startNs + LEAST_NS)) as [number, number];
  const both = Math.min(firstEnd, secondEnd) - Math.max(one.startNs, other.startNs);
  const either = Math.max(firstEnd, secondEnd) - Math.min(one.startNs, other.startNs);
  return Math.max(0, both) / either;
}
