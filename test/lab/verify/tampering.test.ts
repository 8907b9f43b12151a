import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Random } from '../../../core/random/random.ts';
import { trueNs, unixMs } from '../../../core/time/instant.ts';
import { FLOWS } from '../../../collector/store/columns.ts';
import type { DuckDbStore } from '../../../collector/store/duckdb-store.ts';
import { findingsOf } from '../../../lab/findings.ts';
import { caseOf, recordsOf } from '../../../lab/findings/case.ts';
import type { Scenario } from '../../../lab/scenario/schema.ts';
import type { Difference, DifferenceKind } from '../../../lab/verify/difference.ts';
import { Conversations } from '../../../lab/verify/conversations.ts';
import { endpointsOf } from '../../../lab/verify/endpoints.ts';
import { judge } from '../../../lab/verify/judge.ts';
import { JUDGED_COLUMNS, Records } from '../../../lab/verify/records.ts';
import type { Site } from '../../../lab/world/site.ts';
import { runWorld, SMALL } from '../../support/small-world.ts';

/** Columns that show what others hold. */
const SHOWN = FLOWS.addresses.map(({ name }) => name).join(', ');

let site: Site;
let scenario: Scenario;
let store: DuckDbStore;
let records: Records;

beforeAll(async () => {
  ({ site, scenario, store } = await runWorld(SMALL));
  records = await recordsOf(site, store);
});
afterAll(() => store.close());

/** A copy without row `left`, and with the rows of `extra` (copies of a row with some columns changed) behind it. */
function copy(
  left: number,
  extra: readonly { row: number; changes: Partial<Record<(typeof JUDGED_COLUMNS)[number], number>> }[],
): Records {
  const rows = Array.from({ length: records.length }, (_, row) => row).filter((row) => row !== left);
  const columns = Object.fromEntries(
    JUDGED_COLUMNS.map((name) => [
      name,
      [
        ...rows.map((row) => records.columns[name][row] as number),
        ...extra.map(({ row, changes }) => changes[name] ?? (records.columns[name][row] as number)),
      ],
    ]),
  ) as Record<(typeof JUDGED_COLUMNS)[number], number[]>;
  const ids = [...rows.map((row) => records.ids[row] as number), ...extra.map((_, index) => 1e6 + index)];
  const changed = new Records();
  changed.add(columns, ids.length, ids);
  return changed;
}

const verdict = (changed: Records): Difference[] => judge(caseOf(site, changed));
const at = (name: (typeof JUDGED_COLUMNS)[number], row: number): number => records.columns[name][row] as number;

/** Rows to spoil, spread over the whole run by a seed of their own. */
function sample(count: number, fits: (row: number) => boolean): number[] {
  const random = new Random(42);
  const fitting = Array.from({ length: records.length }, (_, row) => row).filter(fits);
  return Array.from({ length: count }, () => random.pick(fitting));
}

function expectOne(differences: readonly Difference[], kind: DifferenceKind, ids: readonly number[]): void {
  expect(differences.map((difference) => ({ kind: difference.kind, records: difference.records }))).toEqual([
    { kind, records: ids },
  ]);
}

describe('the judge names exactly the record that was spoilt', () => {
  test('an honest store has no differences', () => {
    expect(records.length).toBeGreaterThan(500);
    expect(verdict(records)).toEqual([]);
  });

  test('a dropped record is MISSING', () => {
    for (const row of sample(40, () => true)) {
      const differences = verdict(copy(row, []));
      expectOne(differences, 'MISSING', []);
      expect(differences[0]).toMatchObject({ packets: -at('packetDeltaCount', row), octets: -at('octetDeltaCount', row) });
    }
  });

  test('a record stored twice is DUPLICATED', () => {
    for (const row of sample(40, () => true)) {
      expectOne(verdict(copy(-1, [{ row, changes: {} }])), 'DUPLICATED', [records.ids[row] as number, 1e6]);
    }
  });

  test('altered octets are SCALED', () => {
    for (const row of sample(40, () => true)) {
      const octetDeltaCount = at('octetDeltaCount', row) * 10;
      expectOne(verdict(copy(row, [{ row, changes: { octetDeltaCount } }])), 'SCALED', [1e6]);
    }
  });

  test('one packet too many is SCALED', () => {
    for (const row of sample(40, () => true)) {
      const packetDeltaCount = at('packetDeltaCount', row) + 1;
      const differences = verdict(copy(row, [{ row, changes: { packetDeltaCount } }]));
      // Of records that share a millisecond with their neighbours any may be it.
      expect(differences.map(({ kind }) => kind)).toEqual(['SCALED']);
      expect(differences[0]?.records).toContain(1e6);
    }
  });

  test('a record at another time is SHIFTED', () => {
    for (const shiftMs of [-3_600_000, -61_000, 7_001, 300_000]) {
      for (const row of sample(15, () => true)) {
        const changes = { flowStartMs: at('flowStartMs', row) + shiftMs, flowEndMs: at('flowEndMs', row) + shiftMs };
        expectOne(verdict(copy(row, [{ row, changes }])), 'SHIFTED', [1e6]);
      }
    }
  });

  test('a record under another inside address is MISATTRIBUTED', () => {
    const addressOf = (name: string): number => site.office.devices.find(({ person }) => person === name)?.address ?? 0;
    const [alex, john] = [addressOf('Alex'), addressOf('John')];
    for (const row of sample(40, (each) => at('sourceAddress', each) === alex)) {
      expectOne(verdict(copy(row, [{ row, changes: { sourceAddress: john } }])), 'MISATTRIBUTED', [1e6]);
    }
  });

  test('a record under another public port is MISATTRIBUTED', () => {
    const isUp = (row: number): boolean => at('postNatSourceAddress', row) === scenario.router.nat.publicAddress;
    for (const row of sample(40, isUp)) {
      const postNaptSourcePort = (at('postNaptSourcePort', row) + 17) % 65_536;
      expectOne(verdict(copy(row, [{ row, changes: { postNaptSourcePort } }])), 'MISATTRIBUTED', [1e6]);
    }
  });

  test('a record with another server after the translation is MISATTRIBUTED', () => {
    const isUp = (row: number): boolean => at('postNatSourceAddress', row) === scenario.router.nat.publicAddress;
    const changesUp = [{ postNatDestinationAddress: 1 }, { postNaptDestinationPort: 1 }];
    const changesDown = [{ postNatSourceAddress: 1 }, { postNaptSourcePort: 1 }];
    for (const row of sample(20, () => true)) {
      for (const changes of isUp(row) ? changesUp : changesDown)
        expectOne(verdict(copy(row, [{ row, changes }])), 'MISATTRIBUTED', [1e6]);
    }
  });

  test('a record about a server nobody spoke to is UNEXPECTED', () => {
    const changes = {
      sourceAddress: 0x0a000063,
      destinationAddress: 0xc6336401,
      postNatDestinationAddress: 0xc6336401,
      octetDeltaCount: 77,
    };
    const isUp = (row: number): boolean => at('postNatSourceAddress', row) === scenario.router.nat.publicAddress;
    for (const row of sample(10, isUp)) expectOne(verdict(copy(-1, [{ row, changes }])), 'UNEXPECTED', [1e6]);
  });
});

test('when every record is under endpoints that nobody has, each is named, and quickly', () => {
  const rows = Array.from({ length: records.length }, (_, row) => row);
  const column = (name: (typeof JUDGED_COLUMNS)[number]): number[] =>
    rows.map((row) => (name.endsWith('Port') ? 1 : at(name, row)));
  const spoilt = new Records();
  spoilt.add(
    Object.fromEntries(JUDGED_COLUMNS.map((name) => [name, column(name)])) as Record<(typeof JUDGED_COLUMNS)[number], number[]>,
    rows.length,
    rows,
  );
  const named = verdict(spoilt).flatMap(({ kind, records: ids }) => (kind === 'MISSING' ? [] : ids));
  expect(named.sort((a, b) => a - b)).toEqual(rows);
});

describe('a record cut in two', () => {
  /** All packets of the conversation of a record, as instants and octets, from the definition of a train. */
  function packetsOf(row: number): { ns: number; octets: number }[] {
    const conversations = new Conversations(site.ledger);
    const ends = endpointsOf(records, row, new Set([scenario.router.nat.publicAddress]), site.ledger.untranslated);
    const conversation = conversations.byInside(ends);
    const { startNs, intervalNs, packets, octets } = site.ledger.trains;
    return [...conversations.trainsOf(conversation ?? -1)]
      .flatMap((train) => {
        const share = Math.floor(octets.at(train) / packets.at(train));
        const uneven = octets.at(train) % packets.at(train);
        return Array.from({ length: packets.at(train) }, (_, index) => ({
          ns: startNs.at(train) + index * intervalNs.at(train),
          octets: share + (index < uneven ? 1 : 0),
        }));
      })
      .sort((a, b) => a.ns - b.ns);
  }

  test('is SPLIT, and names both halves', () => {
    const { clock } = site.routerClock;
    const wallMs = (ns: number): number => unixMs(site.epoch, clock.read(trueNs(ns)));
    const fits = (row: number): boolean =>
      at('packetDeltaCount', row) > 20 && at('flowEndMs', row) - at('flowStartMs', row) < 12_000;
    for (const row of sample(20, fits)) {
      const inRow = packetsOf(row).filter(({ ns }) => wallMs(ns) >= at('flowStartMs', row) && wallMs(ns) <= at('flowEndMs', row));
      const halves = [inRow.slice(0, 5), inRow.slice(5)];
      const changes = halves.map((half) => ({
        flowStartMs: wallMs(half[0]?.ns ?? 0),
        flowEndMs: wallMs(half.at(-1)?.ns ?? 0),
        packetDeltaCount: half.length,
        octetDeltaCount: half.reduce((sum, { octets }) => sum + octets, 0),
      }));
      expectOne(
        verdict(
          copy(row, [
            { row, changes: changes[0] ?? {} },
            { row, changes: changes[1] ?? {} },
          ]),
        ),
        'SPLIT',
        [1e6, 1e6 + 1],
      );
    }
  });
});

describe('the whole way, in the database', () => {
  test.each([
    ['MISSING', 'DELETE FROM flows WHERE id = $id'],
    ['DUPLICATED', `INSERT INTO flows SELECT 900000 AS id, * EXCLUDE (id, ${SHOWN}) FROM flows WHERE id = $id`],
    ['SCALED', 'UPDATE flows SET octets = octets * 2 WHERE id = $id'],
    ['SHIFTED', 'UPDATE flows SET flow_start_ms = flow_start_ms + 300000, flow_end_ms = flow_end_ms + 300000 WHERE id = $id'],
    ['MISATTRIBUTED', 'UPDATE flows SET post_napt_source_port = 7, post_napt_destination_port = 7 WHERE id = $id'],
  ] as const)('%s: %s', async (kind, sql) => {
    const run = await runWorld(SMALL);
    try {
      await run.store.query(sql, { id: 321 });
      const { differenceCounts, differences } = await findingsOf(run.world, run.scenario, run.store);
      expect(differenceCounts).toEqual({
        MISSING: 0,
        UNEXPECTED: 0,
        DUPLICATED: 0,
        SCALED: 0,
        SPLIT: 0,
        SHIFTED: 0,
        MISATTRIBUTED: 0,
        [kind]: 1,
      });
      if (kind !== 'MISSING') expect(differences[0]?.records).toContain(321);
    } finally {
      run.store.close();
    }
  });
});
