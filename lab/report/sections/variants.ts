import { formatClockError, formatNumber, oneLine } from '../format.ts';
import type { Page } from '../layout.ts';
import type { Findings, Report } from '../report.ts';
import { differenceSummary } from './records.ts';

type Variant = Report['variants'][number];

/** The same day seen several ways: what each variant got wrong, side by side. */
export function writeVariants(page: Page, variants: readonly Variant[]): void {
  if (variants.length === 0) return;
  page.heading('Variants');
  for (const [name, value] of MEASURES) {
    page.text(variants.map((variant) => `${oneLine(variant.name)}: ${value(variant)}`).join(' / '), { mark: `${name}: ` });
  }
}

/** What variants are compared by. */
export const MEASURES: readonly (readonly [string, (findings: Findings) => string])[] = [
  ['router clock at the end', (findings) => formatClockError(findings.clocks.router.trueErrorAfterMs)],
  ['collector clock at the end', (findings) => formatClockError(findings.clocks.collector.trueErrorAfterMs)],
  ['records collected', ({ collected, exported }) => `${formatNumber(collected.records)} of ${formatNumber(exported.records)}`],
  ['differences', differenceSummary],
  ['unusual', ({ unusual }) => (unusual.length === 0 ? 'nothing' : formatNumber(unusual.length))],
];
