import { aboutOf } from '../../about.ts';
import { formatDuration, formatInstant, formatMeasured } from '../../format.ts';
import type { Report } from '../../report.ts';
import { verdictOf } from '../../sections/checks.ts';
import type { Illustrations } from '../illustrations.ts';
import { joined, markup, NONE, type Markup } from '../markup.ts';
import { bullets, table } from '../table.ts';

/** What it is a report of, what came out, and how to have it again. */
export function headSection(report: Report): Markup {
  const { title, description, scenario, seed, start, simulatedS, version, command, variants } = report;
  const { word, sentence } = verdictOf(report);
  const facts: readonly (readonly [string, string])[] = [
    ['Scenario', scenario],
    ['When', `${formatDuration(simulatedS)} from ${formatInstant(start)}`],
    ['Seed', String(seed)],
    ['Made by', `flowlab ${version}`],
  ];
  return markup`<header>
      <h1>${title}</h1>
      ${description === '' ? NONE : markup`<p class="lead">${description}</p>`}
      <p class="verdict ${word === 'PASS' ? 'good' : 'bad'}"><strong>${word}</strong> ${sentence}</p>
      <dl class="facts">${joined(facts.map(([name, value]) => markup`<div><dt>${name}</dt><dd>${value}</dd></div>`))}</dl>
      ${command === null ? NONE : markup`<p>The same run again, to the last octet: <code>${command}</code></p>`}
      ${variants.length === 0 ? NONE : markup`<p>It was run ${variants.length} times, as ${variants.map(({ name }) => name).join(', ')}. Where one figure is told, it is that of the last.</p>`}
    </header>`;
}

/** The three sentences of the collector's first page, of each site. */
export const sentencesSection = (sites: Illustrations['sites']): Markup =>
  joined(sites.map(({ name, sentences }) => markup`${sites.length > 1 ? markup`<h3>${name}</h3>` : NONE}${bullets(sentences)}`));

export function checksSection({ checks }: Report): Markup {
  if (checks.length === 0) return markup`<p>The scenario has none.</p>`;
  return table(
    'What must hold',
    [
      {
        name: 'check',
        of: (check) =>
          markup`${check.name}${aboutOf(check).length === 0 ? NONE : markup`<small>${aboutOf(check).join(', ')}</small>`}`,
        isText: true,
      },
      { name: 'figure', of: ({ metric }) => metric, isText: true },
      { name: 'measured', of: ({ value, skipped }) => (skipped ? '' : formatMeasured(value)) },
      { name: 'limit', of: ({ limit }) => limit },
      {
        name: 'result',
        of: ({ passed, skipped }) =>
          skipped
            ? 'skipped: the run was too short'
            : markup`<span class="${passed ? 'good' : 'bad'}">${passed ? '✓ holds' : '✗ does not hold'}</span>`,
        isText: true,
      },
    ],
    checks,
  );
}
