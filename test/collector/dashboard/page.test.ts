import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Illustrations } from '../../../lab/report/page/illustrations.ts';
import { renderReportPage } from '../../../lab/report/page/report-page.ts';
import { runScenario } from '../../../lab/run-scenario.ts';
import type { ScenarioInput } from '../../../lab/scenario/schema.ts';
import { LookedAtRun } from '../../../lab/serve/looked-at-run.ts';
import { BrowsedRun, type PageOptions } from '../../support/browsed-run.ts';
import { buildPage, hasChromium, seriousFindings } from '../../support/browser.ts';
import { SMALL } from '../../support/small-world.ts';

const HOSTILE = '<img src=x onerror="document.body.dataset.taken=1">';
const FIRST_VIEW_OCTETS = 100_000;

describe('the page as it is built', () => {
  beforeAll(buildPage);
  const assets = (ending: string): Buffer[] =>
    readdirSync('collector/dashboard/dist/assets')
      .filter((name) => name.endsWith(ending))
      .map((name) => readFileSync(join('collector/dashboard/dist/assets', name)));

  it('is small, all pages and charts together', () => {
    const octets = assets('.js').reduce((sum, script) => sum + gzipSync(script, { level: 9 }).length, 0);
    expect(octets).toBeGreaterThan(10_000);
    expect(octets).toBeLessThan(FIRST_VIEW_OCTETS);
  });

  it('has nothing inline, and nothing from anywhere else', () => {
    const html = readFileSync('collector/dashboard/dist/index.html', 'utf8');
    expect(html).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=/);
    expect(html).not.toMatch(/(src|href)="(https?:)?\/\//);
    for (const style of assets('.css')) expect(style.toString()).not.toMatch(/url\((?!["']?data:)|@import/);
  });
});

describe.skipIf(!hasChromium)('the page in a browser', { timeout: 60_000 }, () => {
  const run = new LookedAtRun('max');
  let browsed: BrowsedRun;
  let complaints: string[];

  beforeAll(async () => {
    const scanned = '198.18.200.10';
    const people: ScenarioInput['people'] = [
      ...(SMALL.people ?? []),
      { name: HOSTILE, activities: [] },
      { name: 'Kim', activities: [{ do: 'portScan', at: '09:12', target: scanned, ports: 400, perSecond: 50 }] },
      { name: 'Robin', activities: [{ do: 'portScan', at: '09:20', target: scanned, ports: 3, perSecond: 1 }] },
    ];
    const illustrations: Illustrations[] = [];
    const report = await runScenario({
      scenario: { ...SMALL, office: { employees: 8 }, people },
      onlooker: run,
      onIllustrations: (each) => void illustrations.push(each),
    });
    run.reported(renderReportPage(report, illustrations));
    run.end();
    browsed = await BrowsedRun.open(run);
  });
  afterAll(() => browsed?.close());

  /** The page at an address, once it shows something. */
  async function open(hash: string, options?: PageOptions): Promise<Page> {
    const page = await browsed.page(options);
    complaints = [];
    page.on('console', (message) => ['error', 'warning'].includes(message.type()) && complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(`${browsed.address}${hash}`);
    await page.waitForSelector('.tiles, .person-head, .choose, .empty-state, .panel, .report-frame');
    return page;
  }

  const PAGES = [
    '#/overview',
    '#/person',
    '#/person?id=John',
    '#/explore',
    '#/clocks',
    '#/nat',
    '#/wire',
    '#/report',
    '#/pipeline',
    '#/wire?show=ntp',
    '#/nowhere',
  ];

  it.each(PAGES)('%s opens without a complaint of the browser, on a phone too', async (hash) => {
    for (const width of [1280, 390]) {
      const page = await open(hash, { width });
      if (hash === '#/pipeline') await page.getByLabel('Person').waitFor();
      await page.waitForTimeout(300);
      expect(complaints).toEqual([]);
      const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
      expect(overflow).toBeLessThanOrEqual(0);
      await page.close();
    }
  });

  it.each(
    PAGES.slice(0, -1).flatMap(
      (hash) =>
        [
          [hash, 'light'],
          [hash, 'dark'],
        ] as const,
    ),
  )(
    // prettier-ignore
    '%s has no serious finding of axe in the %s theme',
    async (hash, colorScheme) => {
      const page = await open(hash, { colorScheme });
      for (const summary of await page.locator('.alert summary').all()) await summary.click();
      expect(await seriousFindings(page)).toEqual([]);
      await page.close();
    },
  );

  it('shows a name that would be a tag as the text it is', async () => {
    const page = await open('#/overview');
    await page.getByPlaceholder('Find a person').fill('<img');
    await page.getByRole('link', { name: HOSTILE }).click();
    await expect.poll(() => page.locator('h1').textContent()).toBe(HOSTILE);
    expect(await page.evaluate('document.body.dataset.taken ?? null')).toBeNull();
    expect(await page.locator('main img').count()).toBe(0);
    await page.close();
  });

  it('shows the report in a frame that runs nothing, and gives it to be kept', async () => {
    const page = await open('#/report');
    const frame = page.frameLocator('.report-frame');
    await expect.poll(() => frame.locator('h1').textContent()).toBe('A morning of five people');
    expect(await frame.getByText(HOSTILE, { exact: false }).count()).toBeGreaterThan(0);
    expect(await frame.locator('img').count()).toBe(0);
    await frame.getByRole('link', { name: 'The clocks' }).click();
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: /^Download/ }).click()]);
    expect(download.suggestedFilename()).toMatch(/seed-1\.html$/);
    expect(readFileSync(await download.path(), 'utf8')).toBe(run.report());
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('is gone through by keyboard alone', async () => {
    const page = await open('#/overview');
    const press = async (...keys: string[]): Promise<void> => {
      for (const key of keys) await page.keyboard.press(key);
    };
    await press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the content');
    await press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('main');
    await page.locator('.chart-drawing').focus();
    await page.waitForSelector('.chart-drawing canvas');
    await press('End', 'ArrowLeft');
    await expect.poll(() => page.locator('.legend-time').count()).toBe(1);
    await expect.poll(() => page.locator('.chart [aria-live]').textContent()).toMatch(/^\d\d:\d\d: /);
    await page.getByRole('button', { name: 'View as table' }).press('Enter');
    expect(await page.locator('.chart tbody tr').count()).toBeGreaterThan(5);
    await page.getByRole('link', { name: 'Alex' }).press('Enter');
    await expect.poll(() => page.locator('h1').textContent()).toBe('Alex');
    await page.locator('.day').press('ArrowRight');
    expect(await page.locator('.activity-details h4').textContent()).toMatch(/^Why it is called so \(\d+ %/);
    await page.close();
  });

  it('keeps time basis, instant and person in its address', async () => {
    const page = await open('#/overview');
    await page.getByLabel('Times by').selectOption('receive');
    await expect.poll(() => page.url()).toContain('basis=receive');
    await page.getByRole('link', { name: 'John' }).first().click();
    await expect.poll(() => page.url()).toMatch(/#\/person\?basis=receive&id=John$/);
    const again = await open(new URL(page.url()).hash);
    expect(await again.getByLabel('Times by').inputValue()).toBe('receive');
    await page.goBack();
    await page.waitForSelector('.tiles');
    await Promise.all([page.close(), again.close()]);
  });

  it('has the truth beside what was measured until it is switched off, in its address and for the next time', async () => {
    const page = await open('#/overview');
    await page.getByText('hit: the scenario made Kim scan ports at 09:12').waitFor();
    await page.getByText('missed: the scenario made Robin scan ports at 09:20').waitFor();
    expect(await page.getByRole('columnheader', { name: 'Truth' }).count()).toBe(1);
    expect(await page.locator('.legend li', { hasText: 'in truth' }).count()).toBe(1);
    await page.getByLabel('Times by').selectOption('truth');
    await expect.poll(() => page.getByRole('button', { name: 'How sure: truth' }).count()).toBeGreaterThan(5);
    await page.getByLabel('show the truth').uncheck();
    await expect.poll(() => page.url()).toMatch(/#\/overview\?truth=off$/);
    await expect.poll(() => page.getByText('the scenario made').count()).toBe(0);
    expect(await page.getByText(/in truth/i).count()).toBe(0);
    expect(await page.getByLabel('Times by').locator('option[value=truth]').count()).toBe(0);
    await page.getByRole('link', { name: 'John' }).first().click();
    await expect.poll(() => page.url()).toMatch(/#\/person\?truth=off&id=John$/);
    await page.goto(`${browsed.address}#/overview`);
    await page.reload();
    await expect.poll(() => page.url()).toMatch(/truth=off$/);
    await page.getByLabel('show the truth').check();
    await page.getByText('hit: the scenario made Kim scan ports').waitFor();
    await page.close();
  });

  it('holds the activities of a person against those there were', async () => {
    const page = await open('#/person?id=John');
    const film = page.getByRole('row', { name: /watched YouTube.*found/ });
    await film.waitFor();
    expect(await film.textContent()).toMatch(/09:00:00.*20 min/);
    await page.close();
  });

  it('says in Explore what there is in truth, and where there is nothing', async () => {
    const page = await open('#/explore');
    await page.getByRole('columnheader', { name: 'truth' }).waitFor();
    await page.getByLabel('Count').selectOption('flows');
    await page.getByText('No truth beside it: there are packets in truth').waitFor();
    await page.close();
  });

  it('goes from an NTP request to its reply, to the ladder and back, and lights the octets of a field', async () => {
    const page = await open('#/wire?show=ntp');
    await page.getByLabel('Client').selectOption('router');
    await page.getByLabel('Way').selectOption('request');
    await page.getByRole('button', { name: '✓ answered' }).last().click();
    await page
      .getByRole('button', { name: /^Reply \d+ to it$/ })
      .first()
      .click();
    await page.getByRole('heading', { name: /^Reply \d+, server to router$/ }).waitFor();
    const field = page.getByRole('treeitem', { name: /^Receive Timestamp/ });
    await field.focus();
    await expect.poll(() => page.locator('.octet.lit').count()).toBe(8);
    expect(await field.textContent()).toMatch(/T2: the server’s clock said .*, the truth was .*, so the clock was/);
    await page.getByRole('link', { name: 'See it among the others in Clocks' }).click();
    const asked = new URLSearchParams(new URL(page.url()).hash.split('?')[1]).get('exchange');
    await page.getByRole('link', { name: 'See its packets in Wire' }).click();
    await page.getByRole('heading', { name: /^Reply \d+, server to router$/ }).waitFor();
    expect(new URLSearchParams(new URL(page.url()).hash.split('?')[1]).get('replied')).toBe(asked);
    await page.close();
  });

  it('pages through Messages by keyboard, and a link shows the same ones', async () => {
    const page = await open('#/wire', { width: 390 });
    const shown = (of: Page) => of.locator('.message-list button').allTextContents();
    const [turn, status] = [
      (name: string) => page.getByRole('button', { name, exact: true }),
      page.locator('.page-turner [role=status]'),
    ];
    await expect.poll(() => shown(page)).toHaveLength(100);
    const newest = await shown(page);
    const opened = page.getByRole('heading', { name: /^Message \d+$/ });
    const latest = Number((await opened.textContent())?.replace('Message ', ''));
    expect(await turn('Newer').getAttribute('aria-disabled')).toBe('true');
    await turn('Newer').press('Enter');
    expect(page.url()).not.toContain('before');
    await turn('Older').press('Enter');
    await expect.poll(() => status.textContent()).toMatch(/^Messages \d+ to \d+$/);
    const [last, first] = (await status.textContent())!.match(/\d+/g)!.map(Number) as [number, number];
    expect(first).toBe(latest - newest.length);
    expect(new URL(page.url()).hash).toBe(`#/wire?before=${first + 1}`);
    await expect.poll(() => opened.textContent()).toBe(`Message ${first}`);
    const older = await shown(page);
    expect(older.filter((text) => newest.includes(text))).toEqual([]);
    expect(older).toHaveLength(first - last + 1);
    const again = await open(new URL(page.url()).hash);
    await expect.poll(() => shown(again)).toEqual(older);
    await expect.poll(() => page.evaluate('document.activeElement.textContent')).toBe('Older');
    await turn('Newer').press('Enter');
    await expect.poll(() => shown(page)).toEqual(newest);
    await page.goBack();
    await expect.poll(() => shown(page)).toEqual(older);
    await Promise.all([page.close(), again.close()]);
  });

  it('turns dark and shows addresses to an engineer, and remembers both', async () => {
    const page = await open('#/person?id=John');
    await page.getByLabel('Theme').selectOption('dark');
    await page.getByLabel('For a').selectOption('engineer');
    expect(await page.evaluate('getComputedStyle(document.body).color')).toBe('rgb(230, 237, 240)');
    await page.waitForSelector('.person-head .mono');
    await page.reload();
    await page.waitForSelector('.person-head .mono');
    expect(await page.evaluate('document.documentElement.dataset.theme')).toBe('dark');
    await page.close();
  });
});
