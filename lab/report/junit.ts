import { aboutOf } from './about.ts';
import { formatMeasured } from './format.ts';
import type { Check, Report } from './report.ts';

/**
 * The checks as JUnit XML, valid by Jenkins' junit-10.xsd: one suite for the scenario, one case for each check. It holds no
 * wall time (every `time` is 0), so the same seed gives the same bytes.
 */
export function renderJUnit(report: Report): string {
  const failures = report.checks.filter(({ passed }) => !passed).length;
  const counts = { tests: report.checks.length, failures, errors: 0, time: 0 };
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name: 'flowlab', ...counts })}>`,
    `  <testsuite${attributes({ name: report.scenario, ...counts, skipped: report.checks.filter((check) => check.skipped).length })}>`,
    '    <properties>',
    ...Object.entries({ title: report.title, seed: report.seed, start: report.start, simulatedS: report.simulatedS }).map(
      ([name, value]) => `      <property${attributes({ name, value })}/>`,
    ),
    '    </properties>',
    ...report.checks.map((check) => renderCase(report, check)),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function renderCase(report: Report, check: Check): string {
  const about = aboutOf(check);
  const name = about.length === 0 ? check.name : `${check.name} (${about.join(', ')})`;
  const opening = `    <testcase${attributes({ name, classname: `flowlab.${report.scenario}`, time: 0 })}`;
  if (check.skipped) return `${opening}><skipped/></testcase>`;
  if (check.passed) return `${opening}/>`;
  const message = `${check.metric} is ${formatMeasured(check.value)}, limit ${check.limit}`;
  const place = check.file === null ? '' : [check.file, check.line, check.column].filter((part) => part !== null).join(':');
  const detail = [place, `seed ${report.seed}`].filter((line) => line !== '').join('\n');
  return [
    `${opening}>`,
    `      <failure${attributes({ message, type: 'check' })}>${escapeXml(detail)}</failure>`,
    '    </testcase>',
  ].join('\n');
}

const attributes = (values: Readonly<Record<string, string | number>>): string =>
  Object.entries(values)
    .map(([name, value]) => ` ${name}="${escapeXml(String(value))}"`)
    .join('');

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

/** Text for an element or an attribute: markup escaped, and what XML 1.0 section 2.2 has no way to write left out. */
export const escapeXml = (text: string): string =>
  text
    .replace(/[^\u0009\u000a\u000d\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '')
    .replace(/[&<>"'\t\n\r]/g, (character) => ENTITIES[character] as string);
