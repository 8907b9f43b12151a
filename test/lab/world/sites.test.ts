import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { reportSchema, type Report } from '../../../lab/report/report.ts';
import { runScenario } from '../../../lab/run-scenario.ts';
import type { ScenarioInput } from '../../../lab/scenario/schema.ts';
import { BRANCH, TWO_SITES } from '../../support/two-sites.ts';

interface Run {
  readonly out: string;
  readonly report: Report;
}

async function run(scenario: ScenarioInput): Promise<Run> {
  const out = mkdtempSync(join(tmpdir(), 'flowlab-sites-'));
  onTestFinished(() => rmSync(out, { recursive: true }));
  return { out, report: await runScenario({ scenario, out, packets: join(out, 'office.pcap') }) };
}

const PCAP_HEADER = 24;
const RECORD_HEADER = 16;
const IP_SOURCE = RECORD_HEADER + 12;

/** The records of a capture whose IPv4 packets come from `source`, each with its time. */
function sentBy(path: string, source: string): string[] {
  const octets = readFileSync(path);
  const address = Buffer.from(source.split('.').map(Number));
  const found: string[] = [];
  for (let at = PCAP_HEADER; at < octets.length;) {
    const next = at + RECORD_HEADER + octets.readUInt32LE(at + 8);
    const record = octets.subarray(at, next);
    if (record.subarray(IP_SOURCE, IP_SOURCE + 4).equals(address)) found.push(record.toString('hex'));
    at = next;
  }
  return found;
}

/** Large files are compared by their hash: octet by octet takes too long. */
const hashOf = (octets: string | Buffer): string => createHash('sha256').update(octets).digest('hex');

const ledgerOf = ({ out }: Run): string[] => readFileSync(join(out, 'ledger.csv'), 'utf8').trimEnd().split('\n');

describe('two sites whose networks are the same', () => {
  let report: Report;
  beforeAll(async () => void (report = await runScenario({ scenario: TWO_SITES })));

  test('every record is as it was at its own router, and everybody has the right octets', () => {
    expect(reportSchema.parse(report)).toEqual(report);
    expect(report.differences).toEqual([]);
    expect(report.lost.unaccountedRecords).toBe(0);
    expect(report.people).toHaveLength(9);
    for (const { octets, trueOctets } of [...report.people, ...report.categories]) expect(octets).toBe(trueOctets);
  });

  test('two people have the same address, and only the exporter tells them apart', () => {
    const sharing = report.people.filter(({ address }) => address === '10.0.0.10');
    expect(sharing.map(({ name, site }) => `${name} ${site ?? ''}`).sort()).toEqual(['John headquarters', 'Mia berlin']);
    expect(Math.min(...sharing.map(({ octets }) => octets))).toBeGreaterThan(10e6);
  });

  test('what is found together is the sum of what is found at each', () => {
    const [headquarters, berlin] = report.sites ?? [];
    expect(report.sites).toHaveLength(2);
    expect([headquarters?.name, berlin?.name]).toEqual(['headquarters', 'berlin']);
    for (const what of ['records', 'messages', 'packets', 'octets'] as const) {
      expect(report.exported[what]).toBe((headquarters?.exported[what] ?? 0) + (berlin?.exported[what] ?? 0));
      expect(berlin?.exported[what]).toBeGreaterThan(0);
    }
    expect(report.collected).toEqual(report.exported);
    expect(report.attribution).toMatchObject({ asked: 400, fromFlows: { wrong: 0 } });
    expect(report.people.reduce((sum, { sharePercent }) => sum + sharePercent, 0)).toBeCloseTo(100, 1);
  });

  test('each router has a clock of its own', () => {
    const [headquarters, berlin] = report.sites ?? [];
    expect(headquarters?.clocks.router).toMatchObject({ synchronised: true, trueErrorBeforeMs: 250 });
    expect(Math.abs(headquarters?.clocks.router.trueErrorAfterMs ?? 99)).toBeLessThan(1);
    expect(berlin?.clocks.router).toMatchObject({ synchronised: false, trueErrorBeforeMs: -90_000 });
    expect(berlin?.clocks.estimatedSkewMs).toBeGreaterThan(-91_000);
    expect(berlin?.clocks.estimatedSkewMs).toBeLessThan(-89_000);
    expect(report.clocks.trueWrongBucketOctets).toBeGreaterThan(headquarters?.clocks.trueWrongBucketOctets ?? Infinity);
  });
});

test('adding a site changes not a packet at another, nor a Message of its router', async () => {
  const alone = await run({ ...TWO_SITES, duration: '6m', sites: [] });
  const both = await run({ ...TWO_SITES, duration: '6m' });
  const three = await run({ ...TWO_SITES, duration: '6m', sites: [BRANCH, { name: 'lisbon', office: { employees: 2 } }] });
  const [header, ...trains] = ledgerOf(alone);
  for (const several of [both, three]) {
    const lines = ledgerOf(several);
    expect(lines[0]).toBe(`site,${header}`);
    const own = lines.filter((line) => line.startsWith('headquarters,'));
    expect(hashOf(own.join('\n'))).toBe(hashOf(trains.map((line) => `headquarters,${line}`).join('\n')));
    const messages = sentBy(join(several.out, 'export.pcap'), '10.0.0.1');
    expect(messages).toEqual(sentBy(join(alone.out, 'export.pcap'), '10.0.0.1'));
    expect(messages).not.toHaveLength(0);
    expect(hashOf(readFileSync(join(several.out, 'office.pcap')))).toBe(hashOf(readFileSync(join(alone.out, 'office.pcap'))));
  }
  expect(sentBy(join(three.out, 'export.pcap'), '203.0.113.3')).toEqual(sentBy(join(both.out, 'export.pcap'), '203.0.113.3'));
  expect(sentBy(join(three.out, 'export.pcap'), '203.0.113.4')).not.toHaveLength(0);
});

test('files are named by site, but those of headquarters', async () => {
  const monitors = [{ name: 'v9', exporting: { protocol: 'netflow-v9' as const } }];
  const { out, report } = await run({
    ...TWO_SITES,
    duration: '6m',
    router: { monitors },
    sites: [{ ...BRANCH, router: { ...BRANCH.router, monitors } }],
  });
  expect(readdirSync(out).sort()).toEqual([
    'clocks.csv',
    'events.json',
    'exchanges.csv',
    'export-berlin.v9.pcap',
    'export-v9.pcap',
    'export.pcap',
    'flows.duckdb',
    'ledger.csv',
    'lost.csv',
    'messages.csv',
    'ntp.pcap',
    'office-berlin.pcap',
    'office.pcap',
    'pipeline.json',
    'sites.json',
    'times.csv',
  ]);
  expect(report.exports.map(({ name }) => name)).toEqual(['headquarters v9', 'berlin v9']);
  expect(sentBy(join(out, 'export-berlin.v9.pcap'), '203.0.113.3')).not.toHaveLength(0);
});
