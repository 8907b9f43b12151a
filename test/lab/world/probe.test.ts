import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { parseStored } from '../../../core/net/stored-address.ts';
import { isFrom, type Exporter } from '../../../collector/store/flow-store.ts';
import { caseOf, recordsOf } from '../../../lab/findings/case.ts';
import { judgedDevice, type JudgedDevice } from '../../../lab/findings/damage.ts';
import { differencesOf } from '../../../lab/findings/differences.ts';
import { renderReportPage } from '../../../lab/report/page/report-page.ts';
import { reportSchema } from '../../../lab/report/report.ts';
import { runScenario } from '../../../lab/run-scenario.ts';
import { scenarioSchema, type ScenarioInput } from '../../../lab/scenario/schema.ts';
import { orderAcross } from '../../../lab/verify/damage/two-observers.ts';
import { judge } from '../../../lab/verify/judge.ts';
import type { WanProbe } from '../../../lab/world/wan-probe.ts';
import { runWorld, SMALL, type Ran } from '../../support/small-world.ts';

const withProbe = (probe: object, more: object = {}): ScenarioInput =>
  ({ ...SMALL, duration: '20m', ...more, router: { ...SMALL.router, probe } }) as ScenarioInput;

const SLOW = { clock: { offsetMs: -2_000, ntp: false }, exporting: { observationDomainId: 101 } };

interface Volume {
  readonly records: number;
  readonly packets: number;
  readonly octets: number;
}

async function volumeOf({ store }: Ran, exporter?: Exporter): Promise<Volume | undefined> {
  const [volume] = await store.query<Volume & object>(
    `SELECT count(*)::DOUBLE AS records, sum(packets)::DOUBLE AS packets, sum(octets)::DOUBLE AS octets
    FROM flows WHERE ${isFrom(exporter)}`,
  );
  return volume;
}

describe('a probe outside the router', () => {
  let ran: Ran;
  let probe: WanProbe;
  beforeAll(async () => {
    ran = await runWorld(withProbe(SLOW));
    probe = ran.site.probe as WanProbe;
  });
  afterAll(() => ran.store.close());

  test('tells of the same packets and knows nobody inside', async () => {
    const seen = await volumeOf(ran, probe.exporter);
    expect(seen).toEqual(await volumeOf(ran, ran.site.exporter));
    const publicAddress = parseStored('203.0.113.2') ?? 0;
    const [outside] = await ran.store.query<{ count: number }>(
      `SELECT count(*)::DOUBLE AS count FROM flows WHERE ${isFrom(probe.exporter)}
      AND ${publicAddress} IN (source_address, destination_address)
      AND post_nat_source_address = 0 AND post_nat_destination_address = 0`,
    );
    expect(outside?.count).toBe(seen?.records);
  });

  test('is stored under its own name, so that only whoever asks for both counts twice', async () => {
    const router = (await volumeOf(ran, ran.site.exporter)) as Volume;
    const both = await volumeOf(ran);
    expect(both).toEqual({ records: 2 * router.records, packets: 2 * router.packets, octets: 2 * router.octets });
  });

  test('is held against what passed it, and an octet too many is named', async () => {
    expect(await differencesOf(probe, ran.store)).toEqual([]);
    const records = await recordsOf(probe, ran.store);
    records.columns.octetDeltaCount[7] = (records.columns.octetDeltaCount[7] as number) + 1;
    expect(judge(caseOf(probe, records)).map(({ kind }) => kind)).toEqual(['SCALED']);
  });

  test('of which no record passes for one of the router', async () => {
    const records = await recordsOf(probe, ran.store);
    const differences = judge(caseOf(ran.site, records));
    expect(differences.length).toBeGreaterThanOrEqual(records.length);
  });

  test('and the router are told in the wrong order where the answer came sooner than their clocks differ', async () => {
    const [router, outside] = [await judgedDevice(ran.site, ran.store), await judgedDevice(probe, ran.store)];
    const { pairs, startNs } = router.records;
    expect(pairs.length).toBeGreaterThan(100);
    const waits = pairs.map(({ out, back }) => Math.abs((startNs[out] as number) - (startNs[back] as number)));
    for (const slowNs of [0, 9e6, -9e6, 25e6, -25e6, 3_600e9]) {
      const slow = { ...outside.records, startNs: outside.records.startNs.map((instant) => instant - slowNs) };
      const observation = (judged: JudgedDevice, telling: typeof slow) => ({
        ...judged,
        ledger: judged.device.ledger,
        telling: { ...telling, receivedNs: judged.stored.receivedNs },
      });
      expect(orderAcross(observation(router, router.records as typeof slow), observation(outside, slow))).toEqual({
        conversations: pairs.length,
        inversions: waits.filter((waitNs) => waitNs < Math.abs(slowNs)).length,
      });
    }
  });
});

test('over NAT64 it sees the IPv4 packets, which are shorter on their way out', async () => {
  const report = await runScenario({
    scenario: {
      ...SMALL,
      duration: '20m',
      office: { employees: 5, ipv6: { mode: 'ipv6-only' } },
      people: [],
      router: { nat64: { enabled: true }, probe: {} },
    },
  });
  expect(reportSchema.parse(report)).toEqual(report);
  expect(report.probe?.differences).toEqual([]);
  expect(report.probe?.exported.packets).toBe(report.exported.packets);
  expect(report.probe?.exported.octets).toBeLessThan(report.exported.octets);
});

test('what the router drops and does not meter has passed the probe', async () => {
  const { probe, exported, differences } = await runScenario({
    scenario: {
      ...SMALL,
      duration: '10m',
      office: { employees: 5, outside: [{ do: 'inboundScan', at: '08:57', ports: 100, perSecond: 20 }] },
      router: { metering: { meterDropped: false }, probe: {} },
    },
  });
  expect(differences).toEqual([]);
  expect(probe?.differences).toEqual([]);
  expect(probe?.exported.packets).toBeGreaterThanOrEqual(exported.packets + 100);
});

test('the router exports the same octets with a probe beside it, and nobody uses more', async () => {
  const out = mkdtempSync(join(tmpdir(), 'flowlab-probe-'));
  onTestFinished(() => rmSync(out, { recursive: true }));
  const run = async (scenario: ScenarioInput, name: string) => {
    const report = await runScenario({ scenario, out: join(out, name) });
    return { report, messages: messagesFrom(join(out, name, 'export.pcap'), '10.0.0.1') };
  };
  const alone = await run({ ...SMALL, duration: '20m' }, 'alone');
  const both = await run(withProbe({ clock: { offsetMs: 700 } }), 'both');
  expect(both.messages).toEqual(alone.messages);
  const { people, categories, attribution, damage, collected, differences } = both.report;
  expect({ people, categories, attribution, damage, collected, differences }).toEqual({
    people: alone.report.people,
    categories: alone.report.categories,
    attribution: alone.report.attribution,
    damage: alone.report.damage,
    collected: alone.report.collected,
    differences: [],
  });
  expect(alone.report).not.toHaveProperty('probe');
  expect(both.report.probe?.clock.synchronised).toBe(true);
});

describe('the damage a wrong clock of the probe does', () => {
  const LATE = { clock: { offsetMs: -600_000, ntp: false } };
  const NAT = { firstPort: 20_000, lastPort: 20_099, portAllocation: 'random', timers: 'linux' };
  const of = (router: object) =>
    ({ ...SMALL, duration: '40m', office: { employees: 8 }, router: { nat: NAT, ...router } }) as ScenarioInput;
  const out = mkdtempSync(join(tmpdir(), 'flowlab-probe-damage-'));
  afterAll(() => rmSync(out, { recursive: true }));

  test('is what the same clock would do as the router’s, and the router has none of it', async () => {
    const probe = { ...LATE, exporting: { observationDomainId: 101 } };
    const beside = await runScenario({ scenario: of({ probe }), out });
    const alone = await runScenario({ scenario: of(LATE) });
    expect(beside.damage.asItWas.maxErrorMs).toBeLessThan(50);
    expect(beside.damage.asItWas.misattributedOctets).toBe(0);
    const { asItWas } = alone.damage;
    expect(asItWas.misattributedOctets).toBeGreaterThan(1e6);
    const { maxErrorMs, wrongBucketOctets, wrongHourOctets, misattributedOctets, negativeDurations } = asItWas;
    expect(beside.probe?.damage.asItWas).toMatchObject({
      maxErrorMs,
      wrongBucketOctets,
      wrongHourOctets,
      misattributedOctets,
      negativeDurations,
    });
    expect(beside.probe?.damage.flows).toBe(alone.damage.flows);
    expect(beside.probe?.damage.corrected.misattributedOctets).toBe(0);
  });

  test('is on the page and, record by record, in times.csv', async () => {
    const report = await runScenario({ scenario: of({ probe: LATE }), out });
    const { probe, collected, damage } = report;
    const [, ofProbe = ''] = renderReportPage(report, []).split('<h3>What wrong times of the probe did</h3>');
    expect(ofProbe).toMatch(
      /largest error of a time<\/th><td><span class="some">10 min<\/span><\/td><td><span class="some">10 min<\/span><\/td>/,
    );
    const [header = '', ...lines] = readFileSync(join(out, 'times.csv'), 'utf8').trimEnd().split('\n');
    expect(header).toMatch(/^device,record,true_start_ns,true_end_ns,router_start_ns,/);
    const errorsMs = (device: string): number[] =>
      lines.flatMap((line) => {
        const [name, , start, , told] = line.split(',');
        return name === device ? [(Number(told) - Number(start)) / 1e6] : [];
      });
    expect(errorsMs('router')).toHaveLength(damage.flows);
    expect(errorsMs('router').length).toBe(collected.records);
    expect(errorsMs('probe')).toHaveLength(probe?.damage.flows ?? 0);
    expect(errorsMs('probe').length).toBe(probe?.collected.records);
    for (const errorMs of errorsMs('probe')) expect(Math.abs(errorMs + 600_000)).toBeLessThan(50);
    for (const errorMs of errorsMs('router')) expect(Math.abs(errorMs)).toBeLessThan(50);
  });
});

test('two devices need two names, and a probe is judged like a router', () => {
  const messageOf = (probe: object): string | undefined => scenarioSchema.safeParse(withProbe(probe)).error?.issues[0]?.message;
  expect(messageOf({})).toBeUndefined();
  expect(messageOf({ exportsFrom: '10.0.0.1' })).toBe(
    '"10.0.0.1" with Observation Domain 1 is the router or probe of headquarters already',
  );
  expect(messageOf({ exportsFrom: '10.0.0.1', exporting: { observationDomainId: 2 } })).toBeUndefined();
  expect(messageOf({ exporting: { protocol: 'netflow-v9' } })).toMatch(/must be ipfix/);
});

const PCAP_HEADER = 24;
const RECORD_HEADER = 16;

/** A hash of the records of a capture whose IPv4 packets come from `source`. */
function messagesFrom(path: string, source: string): string {
  const octets = readFileSync(path);
  const address = Buffer.from(source.split('.').map(Number));
  const hash = createHash('sha256');
  for (let at = PCAP_HEADER; at < octets.length;) {
    const next = at + RECORD_HEADER + octets.readUInt32LE(at + 8);
    const sourceAt = at + RECORD_HEADER + 12;
    if (octets.subarray(sourceAt, sourceAt + 4).equals(address)) hash.update(octets.subarray(at, next));
    at = next;
  }
  return hash.digest('hex');
}
