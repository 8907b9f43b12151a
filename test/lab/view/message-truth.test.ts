import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Part } from '../../../core/bytes/part.ts';
import type { WireView } from '../../../collector/api/view/wire-view.ts';
import { writeReportFiles } from '../../../lab/commands/report-files.ts';
import { runScenario } from '../../../lab/run-scenario.ts';
import { openKeptRun, type KeptRun } from '../../../lab/serve/kept-run.ts';
import { LookedAtRun } from '../../../lab/serve/looked-at-run.ts';
import { savedRecords } from '../../../lab/view/timed-records.ts';
import { allOf, expectWhole } from '../../support/parts.ts';
import { SMALL } from '../../support/small-world.ts';
import { TWO_SITES } from '../../support/two-sites.ts';

const out = mkdtempSync(join(tmpdir(), 'flowlab-truth-'));
const OFFSET_MS = 250;
let live: LookedAtRun;
let kept: KeptRun;
let trees: Part[];

beforeAll(async () => {
  live = new LookedAtRun('max');
  const router = { clock: { offsetMs: OFFSET_MS, driftPpm: 0, ntp: false } };
  writeReportFiles(await runScenario({ scenario: { ...SMALL, router }, onlooker: live, out }), '', out);
  live.end();
  trees = await treesOf(live);
});
afterAll(() => {
  kept?.close();
  rmSync(out, { recursive: true });
});

const ask = async (run: Pick<LookedAtRun, 'topics'>, message: number): Promise<WireView> =>
  JSON.parse(JSON.stringify(await run.topics.get('wire')?.view(new Map([['message', String(message)]])))) as WireView;

async function treesOf(run: Pick<LookedAtRun, 'topics'>): Promise<Part[]> {
  return (await messagesOf(run)).map(({ tree }) => tree);
}

async function messagesOf(run: Pick<LookedAtRun, 'topics'>): Promise<NonNullable<WireView['message']>[]> {
  const { count } = await ask(run, 0);
  return Promise.all(Array.from({ length: count }, async (_, index) => (await ask(run, index)).message!));
}

const fieldsOf = (trees: readonly Part[], name: string): Part[] =>
  trees.flatMap((tree) =>
    allOf(tree).filter(
      (part) =>
        part.kind === 'field' && part.name === name && part.element !== undefined && !String(part.value).includes('octets'),
    ),
  );

describe('the truth beside a Message', () => {
  test('has the packets and octets that the ledger has, record for record', () => {
    for (const name of ['octetDeltaCount', 'packetDeltaCount']) {
      const told = fieldsOf(trees, name).filter(({ value }) => typeof value === 'number');
      expect(told.length).toBeGreaterThan(500);
      const right = told.filter(({ truth, value }) => truth?.startsWith(`in truth ${value} `) && truth.endsWith(' too'));
      // ICMP has no ports to go by, and records that follow on each other may share a millisecond; nothing else may differ.
      const others = told.filter((part) => !right.includes(part));
      for (const { truth } of others)
        expect(truth).toMatch(/^not known: the ledger has no such flow$|^in truth \d+ \w+ from the first to the last moment/);
      expect(right.length / told.length).toBeGreaterThan(0.95);
    }
  });

  test('has the instants the judge found, and says how wrong the clock was', () => {
    const records = savedRecords(join(out, 'times.csv')).get('headquarters')!;
    const starts = new Set(Array.from(records.startNs, (ns) => Math.round(ns)));
    let matched = 0;
    for (const { truth = '' } of fieldsOf(trees, 'flowStartMilliseconds')) {
      const [, second = '', fraction] =
        /^in truth (\S+ \S+)\.(\d{9}) UTC: the router’s clock was 250 ms ahead$/.exec(truth) ?? [];
      expect(fraction, truth).toBeDefined();
      const ns = (Date.parse(`${second.replace(' ', 'T')}Z`) - Date.parse(SMALL.start)) * 1e6 + Number(fraction);
      if (starts.has(ns)) matched++;
    }
    expect(matched).toBeGreaterThan(records.length * 0.9);
  });

  test('names who held the address inside, and who was behind the public one', () => {
    const own = fieldsOf(trees, 'sourceIPv4Address').filter(({ truth }) => truth?.startsWith('in truth John ('));
    expect(own.length).toBeGreaterThan(20);
    expect(new Set(own.map(({ value }) => value)).size).toBe(1);
    const behind = fieldsOf(trees, 'postNATSourceIPv4Address').map(({ truth }) => truth);
    expect(behind.some((truth) => /^in truth the router, and behind 203\.0\.113\.2:\d+ John \(/.test(truth ?? ''))).toBe(true);
  });

  test('leaves every octet where it was', () => {
    for (const tree of trees) expectWhole(tree, tree.to);
  });

  test('of a run that was kept is the same, but that people are told by their devices', async () => {
    await live.close();
    kept = await openKeptRun(out);
    const after = await treesOf(kept.views);
    expect(after.length).toBe(trees.length);
    const truths = (trees: readonly Part[], name: string): (string | undefined)[] =>
      fieldsOf(trees, name).map(({ truth }) => truth);
    for (const name of ['octetDeltaCount', 'packetDeltaCount', 'flowStartMilliseconds', 'flowEndMilliseconds'])
      expect(truths(after, name)).toEqual(truths(trees, name));
  });
});

test('of every site of a run that was kept is the same as while it went on, each by its own ledger and clock', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'flowlab-truth-sites-'));
  const run = new LookedAtRun('max');
  writeReportFiles(await runScenario({ scenario: TWO_SITES, onlooker: run, out: directory }), '', directory);
  const told = async (of: Pick<LookedAtRun, 'topics'>): Promise<Map<string, string[]>> =>
    new Map(
      (await messagesOf(of)).map(({ head: { exporter, sequence }, tree }) => [
        `${exporter} ${sequence}`,
        // Clocks of a kept run are straight lines between those that were written down.
        allOf(tree).flatMap(({ name, truth }) => (truth === undefined || /Address$/.test(name) ? [] : [truth.slice(0, 40)])),
      ]),
    );
  const before = await told(run);
  await run.close();
  const again = await openKeptRun(directory);
  try {
    expect(await told(again.views)).toEqual(before);
    const ofBerlin = (await messagesOf(again.views)).filter(({ head }) => head.exporter.startsWith('203.0.113.3'));
    expect(ofBerlin.length).toBeGreaterThan(10);
    const truths = ofBerlin.flatMap(({ tree }) => allOf(tree).flatMap(({ truth }) => truth ?? []));
    expect(truths.filter((truth) => /: the router berlin’s clock was 90(\.\d)? s behind$/.test(truth)).length).toBeGreaterThan(
      100,
    );
    expect(truths).toContainEqual(expect.stringMatching(/^in truth (the router, and behind \S+ )?Mia$/));
    expect(truths.join('\n')).not.toMatch(/John/);
  } finally {
    again.close();
    rmSync(directory, { recursive: true });
  }
});
