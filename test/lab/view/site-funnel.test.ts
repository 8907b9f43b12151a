import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { runScenario } from '../../../lab/run-scenario.ts';
import type { ScenarioInput } from '../../../lab/scenario/schema.ts';
import { readFunnels, type SiteFunnel } from '../../../lab/view/way-files.ts';
import { SMALL } from '../../support/small-world.ts';
import { TWO_SITES } from '../../support/two-sites.ts';

const FAULTY = { lossPercent: 4, duplicatePercent: 4, reorderPercent: 4, reorderDelayMs: 900 };
const events = { nat: { natEvents: 'bindings' as const } };

/** As in `scenarios/`, but short; of a scenario by name the duration is set. */
const RUNS: Readonly<Record<string, { scenario: ScenarioInput | string; duration: string }>> = {
  'office-50': { scenario: 'office-50', duration: '15m' },
  'lossy-export': { scenario: { ...SMALL, router: events, links: { export: FAULTY } }, duration: '25m' },
  'a sampled export': {
    scenario: {
      ...SMALL,
      router: { metering: { sampling: { algorithm: 'uniform', population: 50 } } },
      links: { export: FAULTY },
    },
    duration: '15m',
  },
  'several sites': { scenario: { ...TWO_SITES, links: { export: FAULTY } }, duration: '12m' },
  'dual-stack': { scenario: 'dual-stack', duration: '12m' },
};

const directory = mkdtempSync(join(tmpdir(), 'flowlab-way-'));
afterAll(() => rmSync(directory, { recursive: true }));

/** Packets and octets of ledger.csv up to the end, of one site: counted packet by packet from what a train is. */
function ledgerOf(out: string, site: string, endNs: number): { packets: number; octets: number } {
  const [header = '', ...lines] = readFileSync(join(out, 'ledger.csv'), 'utf8').trimEnd().split('\n');
  const names = header.split(',');
  const total = { packets: 0, octets: 0 };
  for (const line of lines) {
    // No field that is read comes after a name with a comma, but for those counted from the end.
    const fields = line.split(',');
    const field = (name: string): number => Number(fields[fields.length - names.length + names.indexOf(name)]);
    if (names[0] === 'site' && fields[0] !== site) continue;
    const start = Number(fields[names.indexOf('start_ns')]);
    const [interval, packets, octets] = ['interval_ns', 'packets', 'octets'].map(field) as [number, number, number];
    for (let packet = 0; packet < packets && start + packet * interval <= endNs; packet++) {
      total.packets++;
      total.octets += Math.floor(octets / packets) + (packet < octets % packets ? 1 : 0);
    }
  }
  return total;
}

/** "In = out + leaks", in the test's own words: of each unit from each stage to the next that tells it. */
function holdsSums({ name, funnel: { stages, branches } }: SiteFunnel): void {
  const order = ['passed', 'metered', 'exported', 'sent', 'received', 'decoded', 'stored'];
  expect(stages.map((stage) => stage.name)).toEqual(order);
  for (const unit of ['packets', 'octets', 'messages', 'records', 'flows', 'options', 'natEvents'] as const) {
    let held: number | undefined;
    let checked = 0;
    for (const stage of stages) {
      const told = stage.amounts[unit];
      if (told !== undefined && held !== undefined) {
        expect(told, `${name}: ${unit} at ${stage.name}`).toBe(held);
        checked++;
      }
      held = told ?? held;
      if (held === undefined) continue;
      for (const { after, way, amounts } of branches)
        if (after === stage.name) held += (way === 'in' ? 1 : -1) * (amounts[unit] ?? 0);
    }
    expect(checked, unit).toBeGreaterThanOrEqual(unit === 'options' ? 2 : 3);
  }
}

describe.each(Object.entries(RUNS))('%s', (run, { scenario, duration }) => {
  test('what comes in goes on or leaves, and is what ledger and report say', { timeout: 240_000 }, async () => {
    const out = join(directory, run.replaceAll(' ', '-'));
    const report = await runScenario({ scenario, duration, out });
    const sites = readFunnels(join(out, 'pipeline.json'));
    expect(sites.map(({ name }) => name)).toEqual(report.sites?.map(({ name }) => name) ?? ['headquarters']);
    for (const [index, site] of sites.entries()) {
      holdsSums(site);
      const { exported, collected, lost } = report.sites?.[index] ?? report;
      const at = (name: string) => site.funnel.stages.find((stage) => stage.name === name)!.amounts;
      const branch = (name: string) => site.funnel.branches.find((one) => one.name === name)?.amounts ?? {};
      expect(at('passed')).toEqual(ledgerOf(out, site.name, report.simulatedS * 1e9));
      expect(at('sent')).toMatchObject({
        flows: exported.records,
        messages: exported.messages,
        packets: exported.packets,
        octets: exported.octets,
      });
      expect(at('stored')).toMatchObject({ flows: collected.records, packets: collected.packets, octets: collected.octets });
      expect(at('decoded').messages).toBe(collected.messages);
      expect(branch('lost')).toEqual(
        lost.trueMessages === 0 ? {} : expect.objectContaining({ messages: lost.trueMessages, records: lost.trueRecords }),
      );
      expect(branch('copies').messages ?? 0).toBe(lost.duplicatedMessages);
    }
    const all = sites.flatMap(({ funnel }) => funnel.branches.map(({ name }) => name));
    if (run === 'lossy-export' || run === 'several sites')
      expect(all).toEqual(expect.arrayContaining(['lost', 'copied', 'copies']));
    if (run === 'a sampled export') expect(all).toContain('unselected');
    if (run === 'lossy-export' || run === 'dual-stack')
      expect(sites[0]!.funnel.stages.at(-1)!.amounts.natEvents).toBeGreaterThan(0);
  });
});
