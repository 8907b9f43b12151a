import { aboutOf } from '../about.ts';
import { formatMeasured, formatNumber, oneLine } from '../format.ts';
import type { Page } from '../layout.ts';
import type { Check, Report } from '../report.ts';

export function writeChecks(page: Page, checks: readonly Check[]): void {
  page.heading('Checks');
  if (checks.length === 0) return page.text('The scenario has none.');
  for (const check of checks) {
    const about = aboutOf(check);
    const where = about.length === 0 ? '' : ` [${about.join(', ')}]`;
    const text = `${check.name}${where}: ${check.metric} is ${formatMeasured(check.value)}, limit ${check.limit}`;
    if (check.skipped) page.text(`${check.name}${where}: the run ended too early for it`, { mark: '- skip  ' });
    else if (check.passed) page.text(text, { mark: '✓ pass  ' });
    else page.text(text, { mark: '✗ FAIL  ', style: 'red' });
  }
}

/** The last line: what came out and what to type next. */
export function writeVerdict(page: Page, report: Report): void {
  const { word, sentence, next } = verdictOf(report);
  page.line(`${page.style(word === 'PASS' ? 'green' : 'red', word)}  ${sentence} ${next}`);
}

const LAST_SEED = 0xffffffff;

/** What came out, in one sentence, and what to type next. */
export function verdictOf(report: Report): { word: string; sentence: string; next: string } {
  const { checks, exported, seed } = report;
  const scenario = typedName(report);
  if (exported.records === 0) {
    const next = `To see what it sets: npm run flowlab scenario explain ${scenario}`;
    return { word: 'NOTHING TO JUDGE', sentence: 'No record was exported.', next };
  }
  const run = `npm run scenario ${scenario} -- --seed`;
  const failed = checks.filter(({ passed }) => !passed).length;
  if (failed > 0 || report.verdict === 'fail') {
    const sentence = `${formatNumber(failed)} of ${formatNumber(checks.length)} checks ${failed === 1 ? 'does' : 'do'} not hold.`;
    return { word: 'FAIL', sentence, next: `To keep the records: ${run} ${seed} --out runs/${oneLine(report.scenario)}` };
  }
  const next = `For another day: ${run} ${seed === LAST_SEED ? 0 : seed + 1}`;
  return { word: 'PASS', sentence: holding(checks), next };
}

function holding(checks: readonly Check[]): string {
  const skipped = checks.filter((check) => check.skipped).length;
  const held = checks.length - skipped;
  const sentence = held === 1 ? 'The one check holds' : `All ${formatNumber(held)} checks hold`;
  return skipped === 0 ? `${sentence}.` : `${sentence}, ${formatNumber(skipped)} skipped: the run was too short for them.`;
}

/** What names the scenario on a command line: its name, or its path when it is not one of the package's. */
function typedName({ scenario, checks }: Report): string {
  const file = checks.find((check) => check.file !== null)?.file ?? '';
  return oneLine(file === '' || file.endsWith(`scenarios/${scenario}.yaml`) ? scenario : file);
}
