import { createHash } from 'node:crypto';
import type { Report } from '../report.ts';
import type { Illustrations } from './illustrations.ts';
import { joined, markup, type Markup } from './markup.ts';
import { clocksSection } from './sections/clocks.ts';
import { sitesTable, variantsTable } from './sections/compared.ts';
import { damageSection } from './sections/damage.ts';
import { daysSection } from './sections/days.ts';
import { glossarySection } from './sections/glossary.ts';
import { overTimeSection } from './sections/over-time.ts';
import { peopleSection } from './sections/people.ts';
import { questionsSection } from './sections/questions.ts';
import { recordsSection } from './sections/records.ts';
import { checksSection, headSection, sentencesSection } from './sections/summary.ts';
import { truthSection } from './sections/truth.ts';
import { unusualSection } from './sections/unusual.ts';
import { STYLE } from './style.ts';

interface Section {
  readonly id: string;
  readonly title: string;
  readonly content: Markup;
}

/** Nothing is loaded and nothing runs; the one style sheet is known by its hash. */
const POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE.text).digest('base64')}'; base-uri 'none'; form-action 'none'`;

/**
 * report.html: a run as a teacher hands it out, one file that needs nothing else. The same for the same seed. `illustrations`: of each
 * variant, or of the one run; without any there are no charts of people and clocks.
 */
export function renderReportPage(report: Report, illustrations: readonly Illustrations[]): string {
  const sections = sectionsOf(report, illustrations);
  const page = markup`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="${POLICY}">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta name="referrer" content="no-referrer">
        <title>${report.title} (${report.scenario}, seed ${report.seed})</title>
        <style>${STYLE}</style>
      </head>
      <body>
        <main>
          ${headSection(report)}
          <nav aria-label="Contents"><ul>${joined(sections.map(({ id, title }) => markup`<li><a href="#${id}">${title}</a></li>`))}</ul></nav>
          ${joined(sections.map(({ id, title, content }) => markup`<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>${content}</section>\n`))}
        </main>
      </body>
    </html>
    `;
  return page.text;
}

function sectionsOf(report: Report, illustrations: readonly Illustrations[]): Section[] {
  const { sites: shown = [] } = illustrations.at(-1) ?? {};
  const fromMs = Date.parse(report.start);
  const span = { fromMs, toMs: fromMs + report.simulatedS * 1_000 };
  const isShown = shown.length > 0;
  // Those of most octets have colours of their own, the same in all charts.
  const order = [
    ...new Set([...report.categories.map(({ category }) => category), ...shown.flatMap(({ series }) => series.categories)]),
  ];
  const all: readonly (Section | undefined)[] = [
    isShown ? { id: 'sentences', title: 'In three sentences', content: sentencesSection(shown) } : undefined,
    { id: 'checks', title: 'What was checked', content: checksSection(report) },
    report.variants.length > 0 ? { id: 'variants', title: 'The variants', content: variantsTable(report) } : undefined,
    report.sites === undefined ? undefined : { id: 'sites', title: 'The sites', content: sitesTable(report.sites) },
    { id: 'people', title: 'Who used how much', content: peopleSection(report) },
    { id: 'over-time', title: 'What the line was used for', content: overTimeSection(report, shown, order) },
    isShown ? { id: 'days', title: 'The days of some', content: daysSection(shown, span, order) } : undefined,
    { id: 'unusual', title: 'What looked unusual', content: unusualSection(report) },
    { id: 'clocks', title: 'The clocks', content: clocksSection(report, illustrations) },
    { id: 'damage', title: 'What wrong times did', content: damageSection(report) },
    { id: 'truth', title: 'Measured and true', content: truthSection(report) },
    { id: 'records', title: 'Where the records went', content: recordsSection(report) },
    { id: 'questions', title: 'Questions for the class', content: questionsSection(report) },
    { id: 'glossary', title: 'Words', content: glossarySection() },
  ];
  return all.filter((section) => section !== undefined);
}
