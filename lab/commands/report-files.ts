import { accessSync, constants, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderJUnit } from '../report/junit.ts';
import type { Report } from '../report/report.ts';
import { UsageError } from './failure.ts';

/** report.json, byte for byte. */
export const reportText = (report: Report): string => `${JSON.stringify(report, null, 2)}\n`;

/** Makes the directory of `--out` before the run, so that a wrong one costs no waiting. Throws a UsageError. */
export function prepareDirectory(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true });
    accessSync(directory, constants.W_OK);
  } catch (error) {
    throw new UsageError(`--out ${JSON.stringify(directory)} cannot be written to: ${(error as Error).message}`);
  }
}

/** report.json, report.xml for a CI server, and report.html to hand out. */
export function writeReportFiles(report: Report, page: string, directory: string): void {
  writeFileSync(join(directory, 'report.json'), reportText(report));
  writeFileSync(join(directory, 'report.xml'), renderJUnit(report));
  writeFileSync(join(directory, 'report.html'), page);
}
