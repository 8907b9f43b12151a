import { aboutOf } from './about.ts';
import { formatMeasured } from './format.ts';
import type { Check, Report } from './report.ts';

/** One GitHub workflow command for each failed check, pointing at its line in the scenario; the empty text when all hold. */
export const renderAnnotations = (report: Report): string =>
  report.checks
    .filter(({ passed }) => !passed)
    .map((check) => `${renderAnnotation(report, check)}\n`)
    .join('');

function renderAnnotation({ scenario, seed }: Report, check: Check): string {
  const properties = Object.entries({
    file: check.file,
    line: check.line,
    col: check.column,
    title: `${scenario}: ${check.name}`,
  })
    .filter((property): property is [string, string | number] => property[1] !== null)
    .map(([name, value]) => `${name}=${escapeProperty(String(value))}`);
  const about = aboutOf(check);
  const where = about.length === 0 ? '' : ` in ${about.join(', ')}`;
  const message = `${check.metric}${where} is ${formatMeasured(check.value)}, limit ${check.limit} (seed ${seed})`;
  return `::error ${properties.join(',')}::${escapeData(message)}`;
}

/** What GitHub decodes in the message of a workflow command. */
export const escapeData = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

/** What GitHub decodes in a property of a workflow command. */
export const escapeProperty = (text: string): string => escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
