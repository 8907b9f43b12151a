import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runScenario } from '../../../lab/run-scenario.ts';
import { LookedAtRun } from '../../../lab/serve/looked-at-run.ts';
import { BrowsedRun } from '../../support/browsed-run.ts';
import { buildPage, hasChromium, seriousFindings } from '../../support/browser.ts';
import { SMALL } from '../../support/small-world.ts';

describe.skipIf(!hasChromium)('the page Pipeline', { timeout: 120_000 }, () => {
  const run = new LookedAtRun('max');
  let browsed: BrowsedRun;

  beforeAll(async () => {
    buildPage();
    const links = { export: { lossPercent: 5, duplicatePercent: 5 } };
    await runScenario({ scenario: { ...SMALL, duration: '25m', links }, onlooker: run });
    run.end();
    browsed = await BrowsedRun.open(run);
  }, 120_000);
  afterAll(() => browsed?.close());

  async function open(hash: string, colorScheme: 'light' | 'dark' = 'light', width = 1280): Promise<Page> {
    const page = await browsed.page({ colorScheme, width });
    await page.goto(`${browsed.address}${hash}`);
    await page.waitForSelector('.funnel');
    return page;
  }

  it('draws stages and what left in the unit chosen, and says that the sum comes out even', async () => {
    const page = await open('#/pipeline');
    await page.getByRole('button', { name: 'Data Records' }).click();
    await expect.poll(() => page.url()).toContain('unit=records');
    const titles = await page.locator('.funnel-title').allTextContents();
    expect(titles.join(', ')).toMatch(
      /Exported, Sent, .*Lost on the way, .*Doubled.*Received, .*Second copies, Decoded, .*Options, Stored/,
    );
    expect(await page.locator('.funnel + p').textContent()).toMatch(/^The sum comes out even/);
    await page.getByText('All figures as a table').click();
    expect(await page.locator('details tbody tr').count()).toBeGreaterThan(8);
    await page.close();
  });

  it('follows a record that was lost to where its life ends, and keeps it in its address', async () => {
    const page = await open('#/pipeline');
    await page.getByLabel('What became of them').selectOption('lost');
    await page.locator('.records a[href*="record=lost-"]').first().click();
    await expect.poll(() => page.locator('.life .life-lost').textContent()).toBe('✕ lost on the way');
    expect(await page.locator('.life tbody tr').last().textContent()).toContain('here its life ends');
    const again = await open(new URL(page.url()).hash);
    await again.waitForSelector('.life-mark.lost');
    await Promise.all([page.close(), again.close()]);
  });

  it('leads from a stored record to its Message and to the person', async () => {
    const page = await open('#/pipeline');
    await page.getByLabel('Person').selectOption('John');
    await expect.poll(() => page.locator('.records tbody tr td:nth-child(3)').allTextContents()).toContain('John');
    await expect
      .poll(async () => new Set(await page.locator('.records tbody tr td:nth-child(3)').allTextContents()).size)
      .toBe(1);
    await page.locator('.records tbody a').first().press('Enter');
    await page.waitForSelector('.life-lanes');
    expect(await page.locator('.life-lane').count()).toBe(3);
    const number = /sequence number (\d+(?:,\d{3})*)/.exec((await page.locator('.life').textContent()) ?? '')?.[1];
    await page.getByRole('link', { name: 'See its Message' }).click();
    await page.waitForSelector('.dissection');
    expect(await page.locator('[aria-current="true"]').first().textContent()).toMatch(new RegExp(`sequence ${number}(?!\\d)`));
    await page.goBack();
    await page.locator('.life p a').first().click();
    await expect.poll(() => page.locator('h1').textContent()).toBe('John');
    await page.close();
  });

  it.each(['light', 'dark'] as const)('has no serious finding of axe with a record open in the %s theme', async (scheme) => {
    const page = await open('#/pipeline?record=3', scheme);
    await page.waitForSelector('.life-lanes');
    await page.getByText('All figures as a table').click();
    expect(await seriousFindings(page)).toEqual([]);
    await page.close();
  });

  it('fits a phone', async () => {
    const page = await open('#/pipeline?record=3&unit=octets', 'light', 390);
    await page.waitForSelector('.life-lanes');
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
    await page.close();
  });
});
