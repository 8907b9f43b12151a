import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runScenario } from '../../../lab/run-scenario.ts';
import { SMALL } from '../../support/small-world.ts';

async function exportsOf(monitors: object[]) {
  const out = mkdtempSync(join(tmpdir(), 'flowlab-exports-'));
  onTestFinished(() => rmSync(out, { recursive: true }));
  const report = await runScenario({
    scenario: { ...SMALL, duration: '15m', router: { ...SMALL.router, monitors } as never },
    out,
  });
  return { out, report };
}

test('a further export tells of the same packets in its own way and changes nothing for the collector', async () => {
  const plain = await exportsOf([]);
  const both = await exportsOf([
    { name: 'same' },
    { name: 'long-flows', metering: { activeTimeoutMs: 1_800_000 }, exporting: { observationDomainId: 7 } },
  ]);
  expect(readdirSync(both.out).sort()).toEqual([
    'clocks.csv',
    'events.json',
    'exchanges.csv',
    'export-long-flows.pcap',
    'export-same.pcap',
    'export.pcap',
    'flows.duckdb',
    'ledger.csv',
    'lost.csv',
    'messages.csv',
    'ntp.pcap',
    'pipeline.json',
    'sites.json',
    'times.csv',
  ]);
  expect(readFileSync(join(both.out, 'export.pcap'))).toEqual(readFileSync(join(plain.out, 'export.pcap')));
  expect(readFileSync(join(both.out, 'export-same.pcap'))).toEqual(readFileSync(join(plain.out, 'export.pcap')));
  const { exported, exports } = both.report;
  const [same, long] = exports;
  expect(same).toEqual({ name: 'same', ...exported });
  expect(long).toMatchObject({ packets: exported.packets, octets: exported.octets });
  expect(long?.records).toBeLessThan(exported.records);
});

test('two exports of one name are a mistake', async () => {
  await expect(exportsOf([{ name: 'a' }, { name: 'a' }])).rejects.toThrow('router.monitors[1].name "a" is named twice');
});

test('every protocol, biflows and profiles tell of the same packets and octets', async () => {
  const { report } = await exportsOf([
    { name: 'v9', exporting: { protocol: 'netflow-v9' } },
    { name: 'v5', exporting: { protocol: 'netflow-v5' } },
    ...['cisco-asa-nsel', 'ipfixprobe', 'softflowd', 'cisco-fnf'].map((profile) => ({
      name: profile,
      metering: { profile },
      exporting: { profile },
    })),
  ]);
  const { packets, octets, records } = report.exported;
  for (const each of report.exports) expect(each).toMatchObject({ packets, octets });
  const recordsOf = (name: string): number => report.exports.find((each) => each.name === name)?.records ?? 0;
  expect(recordsOf('v9')).toBe(records);
  expect(recordsOf('ipfixprobe')).toBeLessThan(records * 0.7);
});

test('a biflow whose way back is not told is a mistake', async () => {
  await expect(exportsOf([{ name: 'half', metering: { biflow: true } }])).rejects.toThrow(
    'router.monitors[0].metering.biflow true needs reverseOctetDeltaCount',
  );
});
