import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { readInventory } from '../../../collector/io/inventory-file.ts';
import { Inventory, isLease, type InventoryEntry } from '../../../collector/query/inventory.ts';
import { DuckDbStore } from '../../../collector/store/duckdb-store.ts';
import { formatIPv4 } from '../../../core/net/address.ts';
import { parseStored } from '../../../core/net/stored-address.ts';
import type { Report } from '../../../lab/report/report.ts';
import { runScenario } from '../../../lab/run-scenario.ts';

const EPOCH_MS = Date.parse('2026-03-02T12:30:00Z');
const SCENARIO = {
  title: 'An afternoon of visitors',
  start: new Date(EPOCH_MS).toISOString(),
  duration: '90m',
  office: { employees: 1, guests: 50, dhcp: { pool: '10.0.7.0/28', leaseS: 300 } },
};
const out = mkdtempSync(join(tmpdir(), 'flowlab-leases-'));
let report: Report;
let inventory: InventoryEntry[];

beforeAll(async () => {
  report = await runScenario({
    scenario: {
      ...SCENARIO,
      router: { clock: { offsetMs: -3_600_000, ntp: false }, nat: { portAllocation: 'sequential' } },
    },
    out,
  });
  inventory = readInventory(join(out, 'leases.yaml'));
});
afterAll(() => rmSync(out, { recursive: true }));

const lines = (file: string): string[][] => {
  const [, ...rows] = readFileSync(join(out, file), 'utf8').trimEnd().split('\n');
  return rows.map((row) => row.split(','));
};

test('leases.yaml names, at each packet, who the ledger says it was', () => {
  const known = new Inventory(inventory);
  const guests = lines('ledger.csv').filter(([, , device = '']) => device.startsWith('"guest '));
  expect(guests.length).toBeGreaterThan(1_000);
  for (const [startNs, , device, , insideAddress = ''] of guests)
    expect(known.who(parseStored(insideAddress)!, EPOCH_MS + Number(startNs) / 1e6)).toBe(JSON.parse(device as string));
});

/** Who is blamed at an instant: whoever had the address then, else whoever had it nearest to then. */
function blamed(address: string, atMs: number): string | undefined {
  const away = ({ fromMs = -Infinity, toMs = Infinity }: InventoryEntry): number =>
    atMs < fromMs ? fromMs - atMs : Math.max(0, atMs - toMs);
  const own = inventory.filter((entry) => isLease(entry) && entry.address === address);
  return own.sort((one, other) => away(one) - away(other))[0]?.name;
}

test('octets are counted as blamed on somebody else just when the lease of the told time is another’s', async () => {
  const store = await DuckDbStore.open(join(out, 'flows.duckdb'));
  const rows = await store.query<{ id: number; inside: number }>(
    `SELECT id::DOUBLE AS id, (CASE WHEN source_ipv4 >> 24 = 10 THEN source_ipv4 ELSE post_nat_destination_ipv4 END)::DOUBLE AS inside FROM flows`,
  );
  store.close();
  const insideOf = new Map(rows.map(({ id, inside }) => [id, formatIPv4(inside)]));
  const octets = { blamed: 0, guests: 0 };
  for (const line of lines('times.csv')) {
    const [record, trueStartNs, , toldStartNs] = line.map(Number) as [number, number, number, number];
    const address = insideOf.get(record) ?? '';
    const holder = blamed(address, EPOCH_MS + trueStartNs / 1e6);
    if (holder === undefined) continue;
    octets.guests += Number(line[11]);
    if (blamed(address, EPOCH_MS + toldStartNs / 1e6) !== holder) octets.blamed += Number(line[11]);
  }
  expect(report.damage.asItWas.misattributedOctets).toBe(octets.blamed);
  expect(octets.blamed).toBeGreaterThan(1e6);
  expect(octets.blamed).toBeLessThan(octets.guests);
  expect(report.damage.corrected.misattributedOctets).toBe(0);
});

test('a DHCP server whose clock is wrong writes leases that name somebody else at the right time', async () => {
  const wrong = mkdtempSync(join(tmpdir(), 'flowlab-leases-'));
  onTestFinished(() => rmSync(wrong, { recursive: true }));
  const told = await runScenario({
    scenario: {
      ...SCENARIO,
      office: { ...SCENARIO.office, dhcp: { ...SCENARIO.office.dhcp, clock: { offsetMs: 1_800_000, ntp: false } } },
      router: { clock: { ntp: false }, nat: { portAllocation: 'sequential' } },
    },
    out: wrong,
  });
  const written = readInventory(join(wrong, 'leases.yaml')).filter(isLease);
  const right = inventory.filter(isLease);
  expect(written.length).toBeGreaterThan(15);
  // An office does the same whatever clocks show: the same leases, each half an hour late.
  const earlier = (ms: number | undefined): number | undefined => (ms === undefined ? undefined : ms - 1_800_000);
  expect(written.map((entry) => ({ ...entry, fromMs: earlier(entry.fromMs), toMs: earlier(entry.toMs) }))).toEqual(right);
  const named = new Inventory(readInventory(join(wrong, 'leases.yaml')));
  const guests = lines('ledger.csv').filter(([, , device = '']) => device.startsWith('"guest '));
  const misnamed = guests.filter(
    ([startNs, , device, , address = '']) =>
      named.who(parseStored(address)!, EPOCH_MS + Number(startNs) / 1e6) !== JSON.parse(device as string),
  );
  expect(misnamed.length).toBeGreaterThan(guests.length / 10);
  expect(told.damage.asItWas.maxErrorMs).toBeLessThan(10);
  expect(told.damage.asItWas.misattributedOctets).toBeGreaterThan(1e6);
  // Wrong is the log, not the flows: no correction of their times mends it.
  expect(told.damage.corrected.misattributedOctets).toBe(told.damage.asItWas.misattributedOctets);
});

test('a DHCP server kept by NTP writes as one whose clock is right, and without NTP would not', async () => {
  const dhcp = { ...SCENARIO.office.dhcp, clock: { offsetMs: 1_800_000 } };
  const { damage } = await runScenario({
    scenario: { ...SCENARIO, office: { ...SCENARIO.office, dhcp }, router: { nat: { portAllocation: 'sequential' } } },
  });
  expect(damage.asItWas.misattributedOctets).toBe(0);
  expect(damage.withoutNtp.maxErrorMs).toBeLessThan(10);
  expect(damage.withoutNtp.misattributedOctets).toBeGreaterThan(1e6);
});

test('who has leases is nobody unknown to the collector, and every record is as it was', () => {
  expect(report.unusual.filter(({ kind }) => kind === 'unknown-device')).toEqual([]);
  expect(report.differences).toEqual([]);
});
