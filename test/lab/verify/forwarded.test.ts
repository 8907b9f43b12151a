import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DuckDbStore } from '../../../collector/store/duckdb-store.ts';
import { PROTOCOL_TCP, type PacketTrain } from '../../../core/net/packet-train.ts';
import { NS_PER_HOUR } from '../../../exporter/office/schedule.ts';
import { officeSchema } from '../../../exporter/office/config.ts';
import { Office } from '../../../exporter/office/office.ts';
import { Random } from '../../../core/random/random.ts';
import { caseOf, recordsOf } from '../../../lab/findings.ts';
import type { Scenario } from '../../../lab/scenario/schema.ts';
import { judge } from '../../../lab/verify/judge.ts';
import type { World } from '../../../lab/world/world.ts';
import { remarks } from '../../exporter/office/engineers-eye.ts';
import { trainsOf } from '../../exporter/office/run-office.ts';
import { runWorld, SMALL } from '../../support/small-world.ts';

const SERVER = 0x0a000902;
const office = {
  employees: 5,
  devices: [{ name: 'web server', ip: '10.0.9.2', kind: 'web server', inventoried: true }],
  outside: [
    { do: 'visit' as const, at: '09:00', minutes: 10, perMinute: 20 },
    { do: 'visit' as const, at: '09:00', minutes: 5, port: 8_443 },
    { do: 'inboundScan' as const, at: '09:00', ports: 500, perSecond: 5 },
    { do: 'synFlood' as const, at: '09:10', perSecond: 50, seconds: 20, sources: 40 },
  ],
};
const portForwards = [
  { publicPort: 443, insideAddress: '10.0.9.2', insidePort: 8_080 },
  // Behind this one there is nobody.
  { publicPort: 22, insideAddress: '10.0.9.99', insidePort: 22 },
];

let world: World;
let scenario: Scenario;
let store: DuckDbStore;

beforeAll(async () => {
  ({ world, scenario, store } = await runWorld({ ...SMALL, office, router: { ...SMALL.router, nat: { portForwards } } }));
});
afterAll(() => store.close());

test('strangers reach a forwarded port: they pass, are answered, and every record is as it was', async () => {
  const { connections, trains } = world.ledger;
  const answered = { octets: 0, sources: new Set<number>() };
  for (let train = 0; train < world.ledger.length; train++) {
    const row = trains.connection.at(train);
    if (connections.insideAddress.at(row) !== SERVER || connections.insidePort.at(row) !== 8_080) continue;
    expect([trains.publicAddress.at(train), trains.publicPort.at(train)]).toEqual([0xcb007102, 443]);
    if (trains.direction.at(train) !== 0) continue;
    answered.octets += trains.octets.at(train);
    answered.sources.add(connections.serverAddress.at(row));
  }
  // The scanner, 20 visitors, 40 invented addresses.
  expect(answered.sources.size).toBe(61);
  expect(answered.octets).toBeGreaterThan(5e6);
  expect(judge(caseOf(world, scenario, await recordsOf(world, store)))).toEqual([]);
});

test('a visit looks like any other connection, only that the outside opens it', () => {
  const premises = new Office({
    office: officeSchema.parse({ ...office, employees: 0 }),
    people: [],
    random: new Random(1),
    epoch: { unixMs: Date.UTC(2026, 2, 2, 8) },
    duration: 2 * NS_PER_HOUR,
    publicAddress: 0xcb007102,
    portForwards: [{ protocol: 'tcp', publicPort: 443, insideAddress: SERVER, insidePort: 8_080 }],
  });
  const visits = new Map<number, PacketTrain[]>();
  for (const train of trainsOf(premises)) {
    const { id, activity, protocol } = train.connection;
    if (activity !== 0 || protocol !== PROTOCOL_TCP) continue;
    const direction = train.direction === 'up' ? 'down' : 'up';
    visits.set(id, [...(visits.get(id) ?? []), { ...train, direction }]);
  }
  expect(visits.size).toBeGreaterThan(150);
  expect([...visits.values()].flatMap(remarks)).toEqual([]);
});

test('a scan finds the forwarded port open, and no other', () => {
  const { connections, trains } = world.ledger;
  const open = new Set<number>();
  for (let train = 0; train < world.ledger.length; train++) {
    const row = trains.connection.at(train);
    if (connections.serverAddress.at(row) === 0xc0000242 && trains.direction.at(train) === 0)
      open.add(trains.publicPort.at(train));
  }
  expect([...open]).toEqual([443]);
});
