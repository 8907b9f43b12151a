import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runScenario } from '../../../lab/run-scenario.ts';
import type { ScenarioInput } from '../../../lab/scenario/schema.ts';
import { LookedAtRun } from '../../../lab/serve/looked-at-run.ts';
import { BrowsedRun, type PageOptions } from '../../support/browsed-run.ts';
import { buildPage, hasChromium, seriousFindings } from '../../support/browser.ts';
import { SMALL } from '../../support/small-world.ts';

const TWO_SITES: ScenarioInput = {
  ...SMALL,
  router: { clock: { offsetMs: 400_000, ntp: false } },
  sites: [{ name: 'berlin', office: { employees: 2 }, people: [{ name: 'Ada', activities: [] }] }],
};

describe.skipIf(!hasChromium)('which router, which time, by whose clock', { timeout: 60_000 }, () => {
  const run = new LookedAtRun('max');
  let browsed: BrowsedRun;

  beforeAll(async () => {
    buildPage();
    await runScenario({ scenario: TWO_SITES, onlooker: run });
    run.end();
    browsed = await BrowsedRun.open(run);
  }, 120_000);
  afterAll(() => browsed?.close());

  async function open(hash: string, options?: PageOptions): Promise<Page> {
    const page = await browsed.page(options);
    await page.goto(`${browsed.address}${hash}`);
    await page.waitForSelector('.tiles, .person-head, .choose, .problem, .panel', { timeout: 20_000 });
    return page;
  }
  const choice = (page: Page, name: string) => page.getByRole('combobox', { name, exact: true });
  const written = (page: Page, name: string) => page.getByRole('textbox', { name, exact: true });
  const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

  it('goes to another router, whose people and clock are shown on every page', async () => {
    const page = await open('#/overview');
    await page.waitForSelector('.clock-error');
    await choice(page, 'Router').selectOption('berlin');
    await expect.poll(() => page.getByRole('link', { name: 'Ada' }).count()).toBe(1);
    expect(await page.getByRole('link', { name: 'John' }).count()).toBe(0);
    expect(await page.locator('.clock-error').count()).toBe(0);
    await page.getByRole('link', { name: 'Explore' }).click();
    await expect.poll(() => page.url()).toMatch(/#\/explore\?exporter=berlin$/);
    await expect.poll(() => page.locator('.explore-answer .legend').textContent()).toContain('Ada');
    await page.getByRole('link', { name: 'Clocks' }).click();
    await expect.poll(() => page.locator('.chips [aria-pressed=true]').first().textContent()).toBe('router berlin');
    await choice(page, 'Router').selectOption('headquarters');
    await expect.poll(() => page.url()).toMatch(/#\/clocks$/);
    await page.close();
  });

  it('shows a time that is dragged over, and steps back from it', async () => {
    const page = await open('#/overview');
    await page.waitForSelector('.chart-drawing canvas');
    const drag = async (): Promise<void> => {
      const box = await page.locator('.u-over').boundingBox();
      if (box === null) throw new Error('there is no chart');
      await page.mouse.move(box.x + 0.3 * box.width, box.y + 60);
      await page.mouse.down();
      await page.mouse.move(box.x + 0.7 * box.width, box.y + 70, { steps: 4 });
      await page.mouse.up();
    };
    const total = (): Promise<string | null> => page.locator('.tile-value').first().textContent();
    const all = await total();
    await drag();
    await expect.poll(total).not.toBe(all);
    const first = page.url();
    expect(first).toMatch(/from=\d+&to=\d+$/);
    expect(await written(page, 'From').inputValue()).toMatch(/^2026-03-02 09:\d\d$/);
    await drag();
    await expect.poll(() => page.url()).not.toBe(first);
    await button(page, 'Step back').click();
    await expect.poll(() => page.url()).toBe(first);
    await button(page, 'Step back').click();
    await expect.poll(total).toBe(all);
    expect(await button(page, 'Step back').count()).toBe(0);
    await page.close();
  });

  it('takes a time that is written by keyboard, says what is wrong with one, and goes with it to other pages', async () => {
    const page = await open('#/explore');
    await choice(page, 'Time').focus();
    await choice(page, 'Time').selectOption('hand');
    await expect.poll(() => page.evaluate('document.activeElement.closest("label").textContent')).toBe('From');
    await page.keyboard.type('9:77');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.getByRole('alert').textContent()).toBe('"9:77" is on no calendar or clock');
    await written(page, 'From').fill('09:10');
    await page.keyboard.press('Tab');
    await page.keyboard.type('09:05');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.getByRole('alert').textContent()).toBe('The first time must be before the second');
    await written(page, 'to').fill('09:20');
    await page.keyboard.press('Enter');
    const [from, to] = [Date.parse('2026-03-02T09:10Z'), Date.parse('2026-03-02T09:20Z')];
    await expect.poll(() => page.url()).toMatch(new RegExp(`#/explore\\?from=${from}&to=${to}$`));
    await page.getByRole('link', { name: 'NAT' }).click();
    await expect.poll(() => page.url()).toMatch(new RegExp(`#/nat\\?from=${from}&to=${to}$`));
    await page.getByLabel('Zone').selectOption('UTC');
    await choice(page, 'Time').selectOption('1h');
    await expect.poll(() => page.locator('.range-bar').textContent()).toContain('since 2026-03-02 08:35 in UTC');
    await button(page, 'Show all').click();
    await expect.poll(() => page.locator('.range-bar').count()).toBe(0);
    await page.close();
  });

  it('redraws the charts of Clocks by another clock', async () => {
    const page = await open('#/clocks');
    const line = page.locator('.panel').filter({ hasText: 'The line, by the chosen clock' });
    const sentence = (): Promise<string | null> => line.locator('.consequence-sentence').textContent();
    await expect.poll(sentence).toMatch(/in the wrong 5 minutes/);
    const byRouter = await sentence();
    expect(await page.locator('.lane-name.chosen').textContent()).toBe('router says');
    await page.getByLabel('Times by').selectOption('corrected');
    await expect.poll(sentence).not.toBe(byRouter);
    expect(await page.locator('.lane-name.chosen').textContent()).toBe('corrected');
    await page.close();
  });

  const NARROWED = ['#/overview?from=1772442600000&to=1772443200000&exporter=berlin', '#/clocks?range=today'];
  it.each(NARROWED.flatMap((hash) => (['light', 'dark'] as const).map((scheme) => [hash, scheme] as const)))(
    '%s has no serious finding of axe in the %s theme, nor is it too wide for a phone',
    async (hash, colorScheme) => {
      const page = await open(hash, { colorScheme });
      await page.waitForSelector('.range-bar');
      expect(await seriousFindings(page)).toEqual([]);
      await page.setViewportSize({ width: 390, height: 900 });
      await expect.poll(() => page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
      await page.close();
    },
  );
});
