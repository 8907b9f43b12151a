import fc from 'fast-check';
import type { InventoryEntry } from '../../../../collector/query/inventory.ts';
import { parseStored, type StoredAddress } from '../../../../core/net/stored-address.ts';
import { NINE } from '../../support/flows.ts';
import { isWithin, type Asked, type Basis, type Clause, type Row, type Seen, type World } from './oracle.ts';

const MINUTE_MS = 60_000;
const INSIDE = [
  '10.0.0.11',
  '10.0.0.12',
  '10.0.1.7',
  '10.0.9.9',
  '2001:db8:50::b',
  '2001:db8:50::c',
  'fd00::11',
  'fd00:0:0:1::1',
];
const OUTSIDE = [
  '198.18.1.7', '198.18.2.7', '198.51.100.9', '255.255.255.255', '2001:db8:18:1::10', '2001:db8:99::1', '64:ff9b::c612:102', 'fe80::1', 'ff02::fb', '0:1::',
]; // prettier-ignore
const PUBLIC = ['203.0.113.2', '203.0.113.3', '2001:db8:77::1'];
const PREFIXES = [
  ...INSIDE, ...OUTSIDE, ...PUBLIC, '10.0.0.0/24', '0.0.0.0/0', '198.18.0.0/15', '128.0.0.0/1', '2001:db8::/32', 'fc00::/7', 'ff00::/8', '8000::/1', 'fd00::/64',
]; // prettier-ignore

const INVENTORY: readonly InventoryEntry[] = [
  { name: 'John', address: '10.0.0.11', otherAddresses: ['2001:db8:50::b'], department: '' },
  { name: 'Sarah', address: '10.0.1.0/24', otherAddresses: ['fd00::/64'], department: '' },
  { name: 'Alex', address: '10.0.0.11', department: '', fromMs: NINE + 10 * MINUTE_MS, toMs: NINE + 20 * MINUTE_MS },
  { name: 'John', address: '10.0.0.12', department: '' },
  { name: 'Sarah', address: '2001:db8:50::/64', department: '', fromMs: NINE + 15 * MINUTE_MS },
];
const stored = (text: string): StoredAddress => parseStored(text) ?? 0;
/** Of three exporters, one of them in two domains, one in none for all; the same ids stand for different applications, and the same name for different ids. */
const APPLICATIONS = [
  { exporter: '192.0.2.1', observationDomainId: 0, names: { 5: 'youtube', 6: 'icmp', 7: 'acme', 8: 'other' } },
  { exporter: '192.0.2.1', observationDomainId: 4_294_967_295, names: { 5: 'netflix', 7: 'youtube' } },
  { exporter: '2001:db8:e::1', observationDomainId: 0, names: { 5: 'acme', 8: 'bellows', 9: 'other' } },
  { exporter: '192.0.2.2', observationDomainId: 1, names: { 5: 'spotify', 9: 'acme' } },
].flatMap(({ exporter, observationDomainId, names }) =>
  Object.entries(names).map(([id, name]) => ({ exporter: stored(exporter), observationDomainId, id: Number(id), name })),
);

/** An office with an inventory, and the same without. */
export const WORLDS: readonly World[] = [INVENTORY, []].map((inventory) => ({
  inside: ['10.0.0.0/16', '2001:db8:50::/64', 'fd00::/16'],
  inventory,
  applications: APPLICATIONS,
  names: new Map([
    [stored('198.51.100.9'), 'www.netflix.com'],
    [stored('2001:db8:99::1'), 'cdn.zoom.us'],
    [stored('ff02::fb'), 'mdns.example'],
  ]),
}));

const PLAIN = {
  domain: [0, 1, 4_294_967_295],
  'interface in': [0, 1, 2],
  'interface out': [0, 3],
  'vrf in': [0, 4_294_967_295],
  'vrf out': [0, 7],
  'source as': [0, 64_500, 4_200_000_000],
  'destination as': [0, 64_501],
  vlan: [0, 10, 4_094],
  direction: [0, 1, 2],
  version: [4, 6],
  'export protocol': [5, 9, 10, 255],
} as const;

const oneOf = <T>(...values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
// More often what few rows would seldom have: the leased address, a port that tells the application, the ends of a lease and of an hour.
const anyAddress = fc.oneof(oneOf('', ...INSIDE, ...OUTSIDE, ...PUBLIC), oneOf('10.0.0.11', '2001:db8:50::b', '198.51.100.1'));
const port = oneOf(0, 22, 53, 443, 4_739, 8_801, 50_000, 65_535);
const protocol = oneOf(0, 1, 6, 6, 17, 17, 58, 99);
const startMs = fc.oneof(
  fc.constant(0),
  oneOf(...[10, 20, 60].flatMap((minutes) => [-1, 0].map((ms) => NINE + minutes * MINUTE_MS + ms))),
  fc.nat(30 * MINUTE_MS).map((ms) => NINE + ms),
  fc.nat(90 * MINUTE_MS).map((ms) => NINE + ms),
);

/** A flow of anything with anything. */
export const row: fc.Arbitrary<Row> = fc.record({
  exporter: oneOf('192.0.2.1', '192.0.2.2', '2001:db8:e::1', 'fe80::e'),
  source: anyAddress,
  destination: anyAddress,
  postSource: anyAddress,
  postDestination: anyAddress,
  sourcePort: port,
  destinationPort: port,
  protocol,
  octets: fc.nat(10_000_000),
  packets: fc.nat(10_000),
  startMs,
  endMs: startMs,
  exportS: fc.nat(7_200).map((s) => NINE / 1_000 + s),
  receivedUs: fc.nat(7_200_000_000).map((us) => NINE * 1_000 + us),
  sampling: oneOf(0, 1, 100, 1_024),
  applicationId: oneOf(0, 5, 6, 7, 8, 9),
  biflowHalf: oneOf(0, 1, 2),
  plain: fc.record(Object.fromEntries(Object.entries(PLAIN).map(([name, values]) => [name, oneOf<number>(...values)]))),
});

const ADDRESSES = ['address', 'server', 'source', 'destination', 'nat address', 'exporter'];
const PORTS = ['port', 'source port', 'destination port'];
const NAMES = ['app', 'category', 'server name', 'person', 'device'];
const GROUPS = [
  ...ADDRESSES,
  ...PORTS,
  ...NAMES,
  ...NAMES,
  ...NAMES,
  'protocol',
  'application id',
  'hour',
  'day',
  ...Object.keys(PLAIN),
];

const within: fc.Arbitrary<Clause> = fc
  .tuple(
    oneOf('ip', 'person', 'device', ...ADDRESSES),
    oneOf(...PREFIXES, '192.0.2.1', 'fe80::e'),
    oneOf('=', 'in', '!=', 'not in'),
  )
  .map(([name, prefix, operator]) => ({
    text: `${name} ${operator} ${prefix}`,
    holds: (seen) => isWithin(name, seen, prefix) === (operator === '=' || operator === 'in'),
  }));

/** What the rows have by each word that is compared as a number. */
const NUMBERS: Readonly<Record<string, (row: Row) => number>> = {
  'source port': ({ sourcePort }) => sourcePort,
  'destination port': ({ destinationPort }) => destinationPort,
  protocol: (one) => one.protocol,
  'application id': ({ applicationId }) => applicationId,
  'flow bytes': ({ octets }) => octets,
  'flow packets': ({ packets }) => packets,
  ...Object.fromEntries(Object.keys(PLAIN).map((name) => [name, ({ plain }: Row) => plain[name] as number])),
};
const VALUES: Readonly<Record<string, number>> = {
  ssh: 22,
  https: 443,
  tcp: 6,
  '5M': 5_000_000,
  '1k': 1_000,
  '0': 0,
  '1': 1,
  '10': 10,
  '64500': 64_500,
  '9T': 9e12,
};
const compared: fc.Arbitrary<Clause> = fc
  .tuple(oneOf(...Object.keys(NUMBERS)), oneOf(...Object.keys(VALUES)), oneOf('=', '!=', '<', '<=', '>', '>='))
  .filter(([name, value]) => /^\d/.test(value) || (value === 'tcp' ? name === 'protocol' : name.endsWith('port')))
  .map(([name, value, operator]) => ({
    text: `${name} ${operator} ${value}`,
    holds: ({ row: one }) => {
      const difference = (NUMBERS[name] as (row: Row) => number)(one) - (VALUES[value] as number);
      if (operator.startsWith('!')) return difference !== 0;
      return (
        (operator.includes('=') && difference === 0) ||
        (operator.includes('<') && difference < 0) ||
        (operator.includes('>') && difference > 0)
      );
    },
  }));

const WORDS: Readonly<Record<string, readonly string[]>> = {
  app: ['youtube', 'icmp', 'acme', 'other', 'netflix', 'web'],
  category: ['streaming', 'other', 'infrastructure'],
  'server name': ['www.netflix.com', 'mdns.example'],
  port: ['https', 'dns', '50000'],
};
const PEOPLE = { person: ['john', 'Sarah', 'ALEX'], device: ['John', 'Alex'] };
const named = (world: World): fc.Arbitrary<Clause> => {
  const words: Readonly<Record<string, readonly string[]>> = { ...WORDS, ...(world.inventory.length > 0 ? PEOPLE : {}) };
  return oneOf(...Object.keys(words))
    .chain((name) => fc.tuple(fc.constant(name), fc.subarray([...(words[name] ?? [])], { minLength: 1 }), fc.boolean()))
    .map(([name, chosen, isNot]) => ({
      text: `${name} ${isNot ? 'not ' : ''}in (${chosen.map((word) => `"${word}"`).join(', ')})`,
      holds: ({ values }) => chosen.some((word) => word.toLowerCase() === String(values[name]).toLowerCase()) !== isNot,
    }));
};

const conditionOf = (world: World): fc.Arbitrary<Clause> =>
  fc.letrec<{ any: Clause }>((tie) => ({
    any: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      within,
      compared,
      named(world),
      tie('any').map((one) => ({ text: `not (${one.text})`, holds: (seen: Seen) => !one.holds(seen) })),
      fc
        .tuple(tie('any'), tie('any'))
        .map(([a, b]) => ({ text: `(${a.text} and ${b.text})`, holds: (seen: Seen) => a.holds(seen) && b.holds(seen) })),
      fc
        .tuple(tie('any'), tie('any'))
        .map(([a, b]) => ({ text: `(${a.text} or ${b.text})`, holds: (seen: Seen) => a.holds(seen) || b.holds(seen) })),
    ),
  })).any;

/** Any question about flows. */
export const askedOf = (world: World): fc.Arbitrary<Asked> =>
  fc.record({
    kind: oneOf<Asked['kind']>('top', 'series', 'sum', 'count'),
    measure: oneOf('bytes', 'packets', 'flows', 'duration', 'rate', 'people'),
    dimensions: fc.uniqueArray(oneOf(...GROUPS), { minLength: 1, maxLength: 3 }),
    limit: oneOf(1, 3, 1_000),
    everyMs: oneOf(1_000, 7 * MINUTE_MS, 3_600_000, 604_800_000),
    window: fc.option(fc.tuple(fc.nat(60), fc.integer({ min: 1, max: 120 })), { nil: undefined }),
    where: fc.option(conditionOf(world), { nil: undefined }),
    basis: oneOf<Basis>('flow', 'export', 'receive', 'corrected'),
    isScaled: fc.boolean(),
  }).map(({ window, ...asked }) => ({
    ...asked,
    dimensions: asked.kind === 'sum' ? [] : asked.dimensions,
    fromMs: window === undefined ? undefined : NINE + window[0] * MINUTE_MS,
    toMs: window === undefined ? undefined : NINE + (window[0] + window[1]) * MINUTE_MS,
  })); // prettier-ignore

/** The question in the language. */
export function textOf({ kind, measure, dimensions, limit, everyMs, fromMs, toMs, where, basis, isScaled }: Asked): string {
  const names = dimensions.join(', ');
  const start = { top: `top ${limit} ${names} by ${measure}`, series: `series ${measure} every ${everyMs}ms by ${names}`, sum: `sum ${measure}`, count: `count ${names}` }[kind]; // prettier-ignore
  const times =
    fromMs === undefined || toMs === undefined
      ? ''
      : ` from ${new Date(fromMs).toISOString()} to ${new Date(toMs).toISOString()}`;
  return `${start}${times}${where === undefined ? '' : ` where ${where.text}`} time by ${basis} ${isScaled ? 'scaled' : 'as is'}`;
}
