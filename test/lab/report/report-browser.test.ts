import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Illustrations } from '../../../lab/report/page/illustrations.ts';
import { renderReportPage } from '../../../lab/report/page/report-page.ts';
import { runScenario } from '../../../lab/run-scenario.ts';
import { hasChromium, launchChromium, seriousFindings } from '../../support/browser.ts';
import { SMALL } from '../../support/small-world.ts';

const HOSTILE = '<img src=x onerror="document.body.dataset.taken=1">';

describe.skipIf(!hasChromium)('report.html opened from a disk', { timeout: 120_000 }, () => {
  const directory = mkdtempSync(join(tmpdir(), 'flowlab-report-'));
  const file = join(directory, 'report.html');
  let browser: Browser;

  beforeAll(async () => {
    const people = [...(SMALL.people ?? []), { name: HOSTILE, activities: [] }];
    const illustrations: Illustrations[] = [];
    const scenario = { ...SMALL, office: { employees: 6 }, people };
    const report = await runScenario({ scenario, onIllustrations: (each) => void illustrations.push(each) });
    writeFileSync(file, renderReportPage(report, illustrations));
    browser = await launchChromium();
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    rmSync(directory, { recursive: true });
  });

  async function open(
    colorScheme: 'light' | 'dark',
    width = 1280,
  ): Promise<{ page: Page; complaints: string[]; asked: string[] }> {
    const page = await browser.newPage({ colorScheme, viewport: { width, height: 900 } });
    const [complaints, asked]: string[][] = [[], []];
    page.on('console', (message) => complaints?.push(message.text()));
    page.on('pageerror', (error) => complaints?.push(error.message));
    page.on('request', (request) => asked?.push(request.url()));
    await page.goto(pathToFileURL(file).href);
    return { page, complaints: complaints ?? [], asked: asked ?? [] };
  }

  it.each(['light', 'dark'] as const)(
    'has no serious finding of axe in the %s theme, with all of it unfolded',
    async (scheme) => {
      const { page } = await open(scheme, 1280);
      await page.evaluate("document.querySelectorAll('details').forEach((each) => (each.open = true))");
      expect(await seriousFindings(page)).toEqual([]);
      await page.close();
    },
  );

  it('asks for nothing but itself, complains of nothing and fits a phone', async () => {
    for (const width of [1280, 390]) {
      const { page, complaints, asked } = await open('dark', width);
      expect(asked).toEqual([pathToFileURL(file).href]);
      expect(complaints).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
      expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(20, 23, 27)');
      await page.close();
    }
  });

  it('shows a name that would be a tag as text, and its own policy would not let it run', async () => {
    const { page } = await open('light');
    expect(await page.getByText(HOSTILE).count()).toBeGreaterThan(0);
    expect(await page.locator('img').count()).toBe(0);
    await page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"document.body.dataset.taken=1\">')");
    await page.waitForTimeout(300);
    expect(await page.evaluate('document.body.dataset.taken ?? null')).toBeNull();
    await page.close();
  });

  it('is white on paper whatever the theme, and leaves room for answers', async () => {
    const { page } = await open('dark');
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(255, 255, 255)');
    expect(await page.locator('nav').isVisible()).toBe(false);
    const answer = page.locator('.questions details').first();
    expect((await answer.boundingBox())?.height).toBeGreaterThan(40);
    expect(await page.locator('main > section > details').first().isVisible()).toBe(false);
    await page.close();
  });
});
