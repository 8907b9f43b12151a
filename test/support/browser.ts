import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium, type Browser, type Page } from 'playwright-core';
import { hasProgram } from './outside-program.ts';

const CHROMIUM = '/usr/bin/chromium';
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export const hasChromium = hasProgram(CHROMIUM) || hasProgram('chromium');

/** Builds the page. Throws what the build says when it fails. */
export function buildPage(): void {
  const { status, stderr } = spawnSync(process.execPath, ['bin/build-page.mjs'], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}

export const launchChromium = (): Promise<Browser> => chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });

/** What axe finds serious or critical in what is shown now: rules, and the elements that break them. */
export async function seriousFindings(page: Page): Promise<[id: string, elements: string[]][]> {
  // Not as a script of the page, which its policy would not let run.
  await page.evaluate(AXE);
  const { violations } = (await page.evaluate('axe.run()')) as {
    violations: { id: string; impact: string; nodes: { html: string }[] }[];
  };
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  return serious.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]);
}
