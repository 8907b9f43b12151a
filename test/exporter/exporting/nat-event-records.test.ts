import { expect, test } from 'vitest';
import { parseAddress } from '../../../core/net/address-book.ts';
import { elementById, elementByName } from '../../../core/ipfix/registry/registry.ts';
import type { NatEvent } from '../../../core/net/nat-event.ts';
import { trueNs } from '../../../core/time/instant.ts';
import { NatEventRecords } from '../../../exporter/exporting/nat-event-records.ts';
import { NAT_EVENT_PROFILES } from '../../../exporter/exporting/nat-event-profiles.ts';

const at = trueNs(5e9);
const TIME_MS = 1_772_438_405_000;
const TRANSLATION = {
  at,
  protocol: 6,
  insideAddress: 0x0a000101,
  insidePort: 50_000,
  publicAddress: 0xcb007102,
  publicPort: 40_012,
};
const REMOTE = { remoteAddress: 0xc6120101, remotePort: 443 };
const BLOCK = { at, insideAddress: 0x0a000101, publicAddress: 0xcb007102, firstPort: 1_024, lastPort: 1_087 };

const NAT64 = {
  insideAddress: parseAddress('2001:db8:50::7') as number,
  remoteAddressInside: parseAddress('64:ff9b::198.18.1.1') as number,
};

const EVENTS: Readonly<Record<string, NatEvent>> = {
  'session create': { kind: 'session-create', ...TRANSLATION, ...REMOTE },
  'session delete': { kind: 'session-delete', ...TRANSLATION, ...REMOTE },
  'BIB create': { kind: 'binding-create', ...TRANSLATION },
  'BIB delete': { kind: 'binding-delete', ...TRANSLATION },
  'addresses exhausted': { kind: 'addresses-exhausted', at },
  'ports exhausted': { kind: 'ports-exhausted', at, publicAddress: 0xcb007102, protocol: 6 },
  'sessions exceeded': { kind: 'quota-exceeded', at, quota: 'sessions', limit: 9, insideAddress: 0 },
  'entries per user exceeded': { kind: 'quota-exceeded', at, quota: 'host-mappings', limit: 9, insideAddress: 0x0a000101 },
  'pool high': { kind: 'threshold-reached', at, threshold: 'pool-high', limit: 9, insideAddress: 0 },
  'pool low': { kind: 'threshold-reached', at, threshold: 'pool-low', limit: 9, insideAddress: 0 },
  'mappings high': { kind: 'threshold-reached', at, threshold: 'mappings-high', limit: 9, insideAddress: 0 },
  'mappings of a user high': {
    kind: 'threshold-reached',
    at,
    threshold: 'host-mappings-high',
    limit: 9,
    insideAddress: 0x0a000101,
  },
  'block allocation': { kind: 'port-block-allocate', ...BLOCK },
  'block release': { kind: 'port-block-release', ...BLOCK },
  'address binding': { kind: 'address-bind', at, insideAddress: 0x0a000101, publicAddress: 0xcb007102 },
  'address release': { kind: 'address-release', at, insideAddress: 0x0a000101, publicAddress: 0xcb007102 },
  'BIB entries exceeded': { kind: 'quota-exceeded', at, quota: 'mappings', limit: 9, insideAddress: 0 },
  'hosts exceeded': { kind: 'quota-exceeded', at, quota: 'hosts', limit: 9, insideAddress: 0 },
  'mappings of a paired user high': {
    kind: 'threshold-reached',
    at,
    threshold: 'paired-mappings-high',
    limit: 9,
    insideAddress: 0,
  },
  'NAT64 session create': { kind: 'session-create', ...TRANSLATION, ...REMOTE, ...NAT64 },
  'NAT64 session delete': { kind: 'session-delete', ...TRANSLATION, ...REMOTE, ...NAT64 },
  'NAT64 BIB create': { kind: 'binding-create', ...TRANSLATION, ...NAT64 },
  'NAT64 BIB delete': { kind: 'binding-delete', ...TRANSLATION, ...NAT64 },
  'NAT64 entries per user exceeded': { kind: 'quota-exceeded', at, quota: 'host-mappings', limit: 9, ...NAT64 },
  'NAT64 mappings of a user high': { kind: 'threshold-reached', at, threshold: 'host-mappings-high', limit: 9, ...NAT64 },
  'NAT64 block allocation': { kind: 'port-block-allocate', ...BLOCK, ...NAT64 },
  'NAT64 address binding': { kind: 'address-bind', at, publicAddress: 0xcb007102, ...NAT64 },
  'NAT64 address release': { kind: 'address-release', at, publicAddress: 0xcb007102, ...NAT64 },
};

/** A record as values by element number. */
function record(profile: keyof typeof NAT_EVENT_PROFILES, event: string): Record<number, unknown> | undefined {
  const made = new NatEventRecords(profile).recordOf(EVENTS[event] as NatEvent, TIME_MS);
  return made && Object.fromEntries(made.template.fields.map(({ elementId }, index) => [elementId, made.values[index]]));
}

const INSIDE = { 8: 0x0a000101, 225: 0xcb007102 };
const BIB = { 323: TIME_MS, ...INSIDE, 4: 6, 7: 50_000, 227: 40_012 };
const SESSION = { ...BIB, 12: 0xc6120101, 226: 0xc6120101, 11: 443, 228: 443 };

// Sections 4.6.2 and 4.6.4.
const NAT64_BIB = { 323: TIME_MS, 27: '2001:db8:50::7', 225: 0xcb007102, 4: 6, 7: 50_000, 227: 40_012 };
const NAT64_SESSION = { ...NAT64_BIB, 28: '64:ff9b::c612:101', 226: 0xc6120101, 11: 443, 228: 443 };

// RFC 8158: numbers of section 4.3 to 4.5, mandatory fields of tables 5 to 21.
test.each<[event: string, expected: Record<number, number | string>]>([
  ['session create', { ...SESSION, 230: 4 }],
  ['session delete', { ...SESSION, 230: 5 }],
  ['BIB create', { ...BIB, 230: 8 }],
  ['BIB delete', { ...BIB, 230: 9 }],
  ['addresses exhausted', { 323: TIME_MS, 230: 3, 283: 1 }],
  ['ports exhausted', { 323: TIME_MS, 230: 12, 225: 0xcb007102, 4: 6 }],
  ['sessions exceeded', { 323: TIME_MS, 230: 13, 466: 1, 471: 9 }],
  ['entries per user exceeded', { 323: TIME_MS, 230: 13, 466: 3, 473: 9, 8: 0x0a000101 }],
  ['pool high', { 323: TIME_MS, 230: 18, 467: 1, 283: 1, 476: 9 }],
  ['pool low', { 323: TIME_MS, 230: 18, 467: 2, 283: 1, 477: 9 }],
  ['mappings high', { 323: TIME_MS, 230: 18, 467: 3, 478: 9 }],
  ['mappings of a user high', { 323: TIME_MS, 230: 18, 467: 4, 478: 9, 480: 9, 8: 0x0a000101 }],
  ['block allocation', { 323: TIME_MS, 230: 16, ...INSIDE, 361: 1_024, 362: 1_087 }],
  ['block release', { 323: TIME_MS, 230: 17, ...INSIDE, 361: 1_024, 362: 1_087 }],
  ['address binding', { 323: TIME_MS, 230: 14, ...INSIDE }],
  ['address release', { 323: TIME_MS, 230: 15, ...INSIDE }],
  ['BIB entries exceeded', { 323: TIME_MS, 230: 13, 466: 2, 472: 9 }],
  ['hosts exceeded', { 323: TIME_MS, 230: 13, 466: 4, 474: 9 }],
  ['mappings of a paired user high', { 323: TIME_MS, 230: 18, 467: 5, 481: 9 }],
  ['NAT64 session create', { ...NAT64_SESSION, 230: 6 }],
  ['NAT64 session delete', { ...NAT64_SESSION, 230: 7 }],
  ['NAT64 BIB create', { ...NAT64_BIB, 230: 10 }],
  ['NAT64 BIB delete', { ...NAT64_BIB, 230: 11 }],
  ['NAT64 entries per user exceeded', { 323: TIME_MS, 230: 13, 466: 3, 473: 9, 27: '2001:db8:50::7' }],
  ['NAT64 mappings of a user high', { 323: TIME_MS, 230: 18, 467: 4, 478: 9, 480: 9, 27: '2001:db8:50::7' }],
  ['NAT64 block allocation', { 323: TIME_MS, 230: 16, 27: '2001:db8:50::7', 225: 0xcb007102, 361: 1_024, 362: 1_087 }],
  ['NAT64 address binding', { 323: TIME_MS, 230: 14, 27: '2001:db8:50::7', 225: 0xcb007102 }],
  ['NAT64 address release', { 323: TIME_MS, 230: 15, 27: '2001:db8:50::7', 225: 0xcb007102 }],
])('RFC 8158, %s', (event, expected) => expect(record('rfc', event)).toEqual(expected));

test('one fact has several numbers: 4 is a NAT44 session for one and NAT64 for another', () => {
  const natEvents = (profile: keyof typeof NAT_EVENT_PROFILES) =>
    Object.keys(EVENTS).map((event) => record(profile, event)?.[230]);
  expect(natEvents('rfc')).toEqual([
    4,
    5,
    8,
    9,
    3,
    12,
    13,
    13,
    18,
    18,
    18,
    18,
    16,
    17,
    ...[14, 15, 13, 13, 18],
    ...[6, 7, 10, 11, 13, 18, 16, 14, 15],
  ]);
  const juniper = [1, 2, 6, 7, 3, 10, 11, 11, undefined, undefined, undefined, undefined, 14, 15];
  expect(natEvents('juniper')).toEqual([...juniper, ...[12, 13, 11, 11, undefined], ...[4, 5, 8, 9, 11, undefined, 14, 12, 13]]);
  expect(natEvents('cisco-hsl').slice(0, 6)).toEqual([1, 2, undefined, undefined, 3, undefined]);
  expect(natEvents('linux').slice(0, 6)).toEqual([1, 2, undefined, undefined, undefined, undefined]);
});

test('Cisco and Linux send their fields in their own order', () => {
  const order = (profile: keyof typeof NAT_EVENT_PROFILES) =>
    new NatEventRecords(profile)
      .recordOf(EVENTS['session create'] as NatEvent, TIME_MS)
      ?.template.fields.map(({ elementId }) => elementId);
  expect(order('cisco-hsl')).toEqual([8, 225, 12, 226, 7, 227, 11, 228, 234, 4, 230, 323]);
  expect(order('linux')).toEqual([323, 8, 12, 225, 226, 7, 11, 227, 228, 4, 230]);
});

const OCTETS: Readonly<Record<string, number>> = {
  unsigned8: 1,
  unsigned16: 2,
  unsigned32: 4,
  ipv4Address: 4,
  ipv6Address: 16,
  dateTimeMilliseconds: 8,
};

test.each(Object.keys(NAT_EVENT_PROFILES) as (keyof typeof NAT_EVENT_PROFILES)[])(
  '%s: events of the same fields share a Template, and every field has the length of its type',
  (profile) => {
    const records = new NatEventRecords(profile);
    const templates = Object.values(EVENTS).flatMap((event) => records.recordOf(event, TIME_MS)?.template ?? []);
    const distinct = new Set(templates);
    expect(new Set([...distinct].map(({ id }) => id)).size).toBe(distinct.size);
    expect(new Set([...distinct].map(({ fields }) => JSON.stringify(fields))).size).toBe(distinct.size);
    for (const { fields } of distinct) {
      for (const { elementId, length } of fields) expect(length).toBe(OCTETS[elementById(0, elementId)?.dataType ?? '']);
    }
    expect(elementByName('natEvent')?.elementId).toBe(230);
  },
);
