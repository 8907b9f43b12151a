import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Illustrations } from '../../../lab/report/page/illustrations.ts';
import { renderReportPage } from '../../../lab/report/page/report-page.ts';
import type { Report } from '../../../lab/report/report.ts';
import { runScenario } from '../../../lab/run-scenario.ts';
import type { ScenarioInput } from '../../../lab/scenario/schema.ts';
import { SMALL } from '../../support/small-world.ts';
import { TWO_SITES } from '../../support/two-sites.ts';
import { readPage, rowsOf, type PageElement } from './read-page.ts';
import { sampleReport, sampleVariant, SAMPLE_DAMAGE } from './sample-report.ts';

const HOSTILE = '<img src=x onerror="alert(1)">';
const SCANNER = {
  name: 'unlisted computer',
  ip: '10.0.9.77',
  kind: 'single-board computer' as const,
  activities: [{ do: 'portScan' as const, at: '09:20', target: '198.18.200.10', ports: 300, perSecond: 50 }],
};
const RUNS: Readonly<Record<string, ScenarioInput>> = {
  'one office': {
    ...SMALL,
    office: { employees: 5, devices: [SCANNER] },
    people: [
      ...(SMALL.people ?? []),
      { name: HOSTILE, activities: [{ do: 'download', at: '09:05', application: 'dropbox', megabytes: 900 }] },
    ],
    links: { export: { lossPercent: 3 } },
    checks: [{ name: HOSTILE, metric: 'lossError', equals: 0 }],
  },
  'two sites': TWO_SITES,
  'two variants': {
    ...SMALL,
    duration: '20m',
    variants: [
      { name: 'alone', set: { 'router.clock.ntp': false, 'router.clock.offsetMs': -90_000 } },
      { name: 'kept', set: { 'router.clock.ntp': true } },
    ],
  },
  'next to nothing': { ...SMALL, duration: '1s', office: { employees: 1 }, people: [] },
};

interface Run {
  readonly report: Report;
  readonly page: string;
}

async function run(scenario: ScenarioInput): Promise<Run> {
  const illustrations: Illustrations[] = [];
  const report = await runScenario({ scenario, onIllustrations: (each) => void illustrations.push(each) });
  return { report, page: renderReportPage(report, illustrations) };
}

const ran = new Map<string, Promise<Run>>();
/** One of them, run once. */
function runOf(name: string): Promise<Run> {
  const known = ran.get(name) ?? run(RUNS[name] as ScenarioInput);
  ran.set(name, known);
  return known;
}

/** Everything of a page that must hold whatever it tells. */
function expectWhole(html: string): void {
  const { all, mistakes } = readPage(html);
  expect(mistakes).toEqual([]);
  expect(
    all.map(({ name }) => name).filter((name) => /^(script|link|img|image|iframe|object|embed|base|form|use)$/.test(name)),
  ).toEqual([]);
  for (const { name, attributes } of all) {
    for (const [key, value] of Object.entries(attributes)) {
      expect(key).not.toMatch(/^(on|src|style|action|srcset|xlink)/);
      if (key === 'href') expect(value).toMatch(/^#[a-z-]+$/);
      expect(value).not.toMatch(/NaN|Infinity|undefined|javascript:/);
    }
    if (name === 'svg') expect((attributes['aria-label'] ?? attributes['aria-hidden'])?.length).toBeGreaterThan(3);
    if (name === 'table') expect(all.some((other) => other.name === 'caption')).toBe(true);
  }
  const ids = all.flatMap(({ attributes: { id } }) => id ?? []);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { attributes } of all) {
    const named = [attributes.href?.slice(1), attributes['aria-labelledby']].filter((id) => id !== undefined);
    expect(ids).toEqual(expect.arrayContaining(named));
  }
  const levels = all.flatMap(({ name }) => /^h([1-6])$/.exec(name)?.[1] ?? []).map(Number);
  expect(levels.filter((level) => level === 1)).toEqual([1]);
  for (const [index, level] of levels.entries()) expect(level).toBeLessThanOrEqual((levels[index - 1] ?? 0) + 1);
  const [policy] = all.filter(({ attributes }) => attributes['http-equiv'] === 'Content-Security-Policy');
  const [style] = all.filter(({ name }) => name === 'style');
  const hash = createHash('sha256')
    .update(style?.text ?? '')
    .digest('base64');
  expect(policy?.attributes.content).toBe(`default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`);
  expect(style?.text).not.toMatch(/url\(|@import|expression/);
}

const visible = (html: string): string => readPage(html).all.find(({ name }) => name === 'body')?.text ?? '';
/** `1,234` as a number. */
const count = (text: string | undefined): number => Number(text?.replaceAll(',', ''));
const UNITS: Readonly<Record<string, number>> = { B: 1, kB: 1e3, MB: 1e6, GB: 1e9 };
/** `2.0 GB` as a number. */
const octets = (text = ''): number => Number.parseFloat(text) * (UNITS[text.split(' ')[1] ?? ''] ?? NaN);
/** Figures in a text with a unit have at least two digits. */
const expectOctets = (text: string | undefined, value: number): void => {
  const off = Math.abs(octets(text) - value);
  expect(off).toBeLessThanOrEqual(value * 0.051 + 0.5);
};

describe.each(Object.keys(RUNS))('report.html of %s', (name) => {
  let of: Run;
  beforeAll(async () => {
    of = await runOf(name);
  });

  test('is whole: well-formed, in order, of one piece, and nothing runs', () => {
    expectWhole(of.page);
    expect(visible(of.page)).not.toMatch(/NaN|Infinity|undefined|\[object/);
  });

  test('tells what report.json has of people, categories, checks and records', () => {
    const page = readPage(of.page);
    const { people, categories, checks, exported, collected, lost, differenceCounts } = of.report;
    const table = people.length > 12 ? 'Everybody' : 'Who used the most';
    const rows = people.length === 0 ? [] : rowsOf(page, table);
    expect(rows).toHaveLength(people.length);
    for (const [rank, person] of people.entries()) {
      const cells = (rows[rank] ?? []).filter((_, index) => of.report.sites === undefined || index !== 1);
      expect(cells[0]).toContain(`${rank + 1}. ${person.name}`);
      expectOctets(cells[1], person.downOctets);
      expectOctets(cells[2], person.upOctets);
    }
    const told = rowsOf(page, 'By category, altogether');
    expect(told.map(([category]) => category)).toEqual(categories.map(({ category }) => category));
    for (const [index, category] of categories.entries()) expectOctets(told[index]?.[1], category.octets);
    if (checks.length > 0)
      expect(rowsOf(page, 'What must hold').map((row) => count(row[2]))).toEqual(checks.map(({ value }) => value));
    const way = rowsOf(page, 'Records on their way').map((row) => row.slice(1, 3).map(count));
    expect(way).toEqual([
      [exported.messages, exported.records],
      [lost.trueMessages, exported.records - collected.records],
      [collected.messages, collected.records],
    ]);
    // It adds up.
    expect((way[1]?.[0] ?? 0) + (way[2]?.[0] ?? 0)).toBe(way[0]?.[0]);
    const differences = rowsOf(page, 'Differences between store and truth');
    expect(Object.fromEntries(differences.map(([kind, many]) => [kind, count(many)]))).toEqual(differenceCounts);
  });

  test('has every alert with its evidence and what the truth says', () => {
    const alerts = readPage(of.page).all.filter(({ attributes }) => attributes.class === 'alert');
    expect(alerts).toHaveLength(of.report.unusual.length);
    for (const [index, alert] of of.report.unusual.entries()) {
      const text = alerts[index]?.text ?? '';
      for (const part of [alert.sentence, ...alert.evidence, ...alert.innocent, ...alert.next]) expect(text).toContain(part);
      expect(text.toLowerCase()).toContain(alert.truth === 'hit' ? 'hit: it was so.' : `${alert.truth.replace('-', ' ')}:`);
    }
  });
});

describe('report.html', () => {
  test('is the same to the last octet for the same seed, and another for another', async () => {
    const scenario = RUNS['one office'] as ScenarioInput;
    const [first, again, other] = [await runOf('one office'), await run(scenario), await run({ ...scenario, seed: 2 })];
    expect(again.page).toBe(first.page);
    expect(other.page).not.toBe(first.page);
  });

  test('has a part for each site and each variant', async () => {
    const sites = readPage((await runOf('two sites')).page);
    expect(rowsOf(sites, 'Sites side by side').map(([name]) => name)).toEqual(['headquarters', 'berlin']);
    const charts = (page: typeof sites): string[] => page.all.filter(({ name }) => name === 'figcaption').map(({ text }) => text);
    expect(charts(sites).filter((title) => /^(headquarters|berlin): octets in each/.test(title))).toHaveLength(2);
    const variants = readPage((await runOf('two variants')).page);
    for (const name of ['alone', 'kept'])
      expect(charts(variants).filter((title) => title.startsWith(`${name}: error of the clock of the router`))).toHaveLength(1);
  });

  test('shows a clock that nobody keeps as wrong as it is', async () => {
    const { page } = await runOf('two variants');
    const label = readPage(page).all.find(({ attributes }) =>
      attributes['aria-label']?.startsWith('alone: error of the clock of the router'),
    );
    expect(label?.attributes['aria-label']).toMatch(/from −1 min 30 s to −1 min 30 s$/);
  });

  test('says whether an alert was right, and what was missed', () => {
    const alert = { ...ALERT, truth: 'false-alarm' as const };
    const untold: Report['untold'] = [
      { kind: 'beacon', who: 'John', fromMs: 0, toMs: 1, sentence: 'John to 198.18.0.1' },
      { kind: 'mining', who: 'Sarah', fromMs: 0, toMs: 1, unseen: 'lost', sentence: 'Sarah to 198.18.0.2' },
    ];
    const open = { ...ALERT, truth: 'unlabelled' as const };
    const text = visible(renderReportPage(sampleReport({ unusual: [ALERT, alert, open], untold }), []));
    expect(text).toContain('The collector found 3 things unusual: 1 hit, 1 false alarm, 1 unlabelled. It missed 1.');
    expect(text).toMatch(/Missed\s*beacon: John to 198\.18\.0\.1\s*What nobody could see\s*mining: Sarah/);
    expect(text).toContain(
      'the part of the alerts that is right: 1 of 2. Recall is the part of the misbehaviour that was told: 1 of 2',
    );
  });

  test('has the damage of every variant and every way to tell times', () => {
    const variants = ['without-ntp', 'with-ntp'].map((name) => sampleVariant(name));
    const page = readPage(renderReportPage(sampleReport({ variants }), []));
    expect(rowsOf(page, 'As it was, without-ntp')[0]?.[0]).toContain('RFC 3954 section 5.1');
    const alone = readPage(renderReportPage(sampleReport(), []));
    const row = rowsOf(alone, 'What wrong times did').find(([what]) => what === 'billed in a wrong hour');
    expect(row?.slice(1, 4)).toEqual(['42.0 MB', '0 B', '0 B']);
  });

  test('of a run without flows has no share of anything', () => {
    const nothing = { messages: 0, records: 0, packets: 0, octets: 0 };
    const damage = { ...SAMPLE_DAMAGE, flows: 0, octets: 0, byEncoding: [] };
    const page = renderReportPage(
      sampleReport({ damage, exported: nothing, collected: nothing, people: [], categories: [] }),
      [],
    );
    expectWhole(page);
    expect(visible(page)).not.toMatch(/NaN|Infinity|undefined/);
  });

  test('whatever names there are, the elements are the same and the names are text', () => {
    const skeleton = ({ all }: { all: readonly PageElement[] }): string[] => all.map(({ name }) => name);
    const plain = skeleton(readPage(renderReportPage(named('a'), [])));
    const part = fc.constantFrom(
      '<',
      '>',
      '&',
      '"',
      "'",
      '</title>',
      '</style>',
      '<!--',
      ']]>',
      '&amp',
      ' ',
      'x',
      '\u0000',
      '\ud800',
      '\u{10fffe}',
      '\u202e',
      '\n',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.array(part).map((parts) => parts.join('')),
        ),
        (text) => {
          const page = readPage(renderReportPage(named(`x${text}x`), []));
          expect(page.mistakes).toEqual([]);
          expect(skeleton(page)).toEqual(plain);
          const shown = page.all.find(({ name }) => name === 'h1')?.text ?? '';
          const readable = /^[^\p{C}\r\n]*$/u.test(text);
          if (readable) expect(shown).toBe(`x${text}x`);
          expect(shown).not.toMatch(/[\u202a-\u202e\u2066-\u2069\u0000]/);
        },
      ),
      { numRuns: 60 },
    );
  });
});

const ALERT: Report['unusual'][number] = {
  id: 'port-scan-1',
  kind: 'port-scan',
  who: 'John',
  address: '10.0.0.10',
  exporter: '192.0.2.1',
  observationDomainId: 1,
  target: '198.18.0.1',
  sentence: 'John scanned 1,000 ports of 198.18.0.1',
  evidence: ['1,000 ports in 20 s'],
  innocent: ['an inventory tool'],
  next: ['ask John'],
  confidence: 0.9,
  firstSeenMs: 0,
  lastSeenMs: 20_000,
  raisedAtMs: 25_000,
  trueRaisedAtMs: 25_000,
  trueFromMs: 0,
  truth: 'hit',
};

/** A report in which everything that has a name has this one. */
function named(name: string): Report {
  const sample = sampleReport();
  return sampleReport({
    title: name,
    description: name,
    scenario: name,
    command: name,
    people: sample.people.map((person) => ({ ...person, name, department: name, sentence: name })),
    categories: sample.categories.map((row) => ({ ...row, category: name })),
    checks: sample.checks.map((check) => ({ ...check, name, site: name })),
    differences: sample.differences.map((difference) => ({ ...difference, sentence: name })),
    unusual: [{ ...ALERT, who: name, sentence: name, evidence: [name], innocent: [name], next: [name], site: name }],
    untold: [{ kind: 'beacon', who: name, fromMs: 0, toMs: 1, site: name, sentence: name }],
    variants: [sampleVariant(name), sampleVariant(`${name}2`)],
  });
}
