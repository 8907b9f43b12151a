import { formatDuration, formatInstant, oneLine } from './format.ts';
import { Page } from './layout.ts';
import type { Report } from './report.ts';
import { writeActivities, writeAttribution } from './sections/attribution.ts';
import { writeChecks, writeVerdict } from './sections/checks.ts';
import { writeClocks } from './sections/clocks.ts';
import { writeDamage } from './sections/damage.ts';
import { writeProbes } from './sections/probe.ts';
import { writeRecords } from './sections/records.ts';
import { writeSites } from './sections/sites.ts';
import { writeCategories, writePeople, writeUnusual } from './sections/usage.ts';
import { writeVariants } from './sections/variants.ts';

/**
 * The report as an IT manager reads it, from the top: who, what, anything unusual, then how far the figures can be trusted.
 * `width` is in columns; without `colour` the text holds no escape sequence.
 */
export function renderReport(report: Report, options: { colour: boolean; width: number }): string {
  const page = new Page(options);
  page.line(page.style('bold', `${oneLine(report.scenario)}: ${oneLine(report.title)}`));
  page.text(`seed ${report.seed}, ${formatDuration(report.simulatedS)} from ${formatInstant(report.start)}`, {
    indent: 0,
    style: 'dim',
  });
  if (report.variants.length > 0) {
    const last = report.variants.at(-1)?.name ?? '';
    page.text(`${report.variants.length} variants; the figures up to Records are those of the last, ${last}`, {
      indent: 0,
      style: 'dim',
    });
  }
  writeSites(page, report);
  writePeople(page, report);
  writeCategories(page, report);
  writeUnusual(page, report);
  writeClocks(page, report);
  writeRecords(page, report);
  writeAttribution(page, report);
  writeActivities(page, report);
  writeProbes(page, report);
  writeVariants(page, report.variants);
  writeDamage(page, report);
  writeChecks(page, report.checks);
  page.line();
  writeVerdict(page, report);
  return page.toString();
}

/** The report's last line alone. */
export function renderVerdict(report: Report, options: { colour: boolean; width: number }): string {
  const page = new Page(options);
  writeVerdict(page, report);
  return page.toString();
}
