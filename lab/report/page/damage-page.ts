import { damageColumns, damageRows, type DamageColumn, type DamageRow } from '../damage-rows.ts';
import type { Damage, DamageFigures } from '../damage-schema.ts';
import { formatDuration, formatInstant, formatNumber, formatOctets, formatPercent } from '../format.ts';
import type { Report } from '../report.ts';
import { probesOf } from '../sections/probe.ts';
import { barChart } from './bar-chart.ts';
import { markup, type Markup } from './markup.ts';
import { STYLE } from './style.ts';

/** damage.html: what wrong times did, for a class to look at. One file without scripts, the same for the same seed. */
export function renderDamagePage(report: Report): string {
  const { damage, variants, scenario, title, seed, simulatedS, start } = report;
  const rows = damageRows(damage);
  const columns = damageColumns(damage, variants);
  const page = markup`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${scenario}: damage by wrong times</title>
        <style>
          ${STYLE}
        </style>
      </head>
      <body>
        <main>
          <h1>${title}</h1>
          <p>
            ${scenario}, seed ${seed}, ${formatDuration(simulatedS)} from ${formatInstant(start)}: ${formatNumber(damage.flows)}
            flows of ${formatOctets(damage.octets)}, each known in truth and as its router told it. A flow's octets count as
            spread evenly from its first packet to its last.
          </p>
          <h2>What wrong times did</h2>
          ${shareChart(damage, columns)} ${figuresTable(rows, columns)} ${probes(report)}
          ${variants.length > 0 ? variantEncodings(report) : encodings(damage, '')}
        </main>
      </body>
    </html> `;
  return page.text;
}

/** Shares of all octets, for whatever is counted in octets. */
function shareChart(damage: Damage, columns: readonly DamageColumn[]): Markup {
  const ofAll = (octets: number): number => (damage.octets === 0 ? 0 : octets / damage.octets);
  const kinds = damageRows(damage).filter(({ format }) => format === formatOctets);
  return barChart(
    'Of all octets',
    columns.map(({ name }) => name),
    kinds.map(({ name, of }) => ({
      name,
      bars: columns.map(({ figures }) => {
        const share = ofAll(of(figures));
        return { share, text: formatPercent(100 * share) };
      }),
    })),
  );
}

const figuresTable = (rows: readonly DamageRow[], columns: readonly DamageColumn[]): Markup =>
  markup`<table>
    <thead>
      <tr>
        <th scope="col">What</th>
        ${columns.map(({ name }) => markup`<th scope="col">${name}</th>`)}
        <th scope="col">What it means</th>
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        ({ name, meaning, of, format }) =>
          markup`<tr>
            <th scope="row">${name}</th>
            ${columns.map(({ figures }) => cell(of(figures), format))}
            <td class="meaning">${meaning}</td>
          </tr> `,
      )}
    </tbody>
  </table> `;

const cell = (value: number, format: (value: number) => string): Markup =>
  markup`<td class="${value > 0 ? 'some' : 'none'}">${format(value)}</td>`;

/** What each probe's own clock did, in the same figures. */
const probes = (report: Report): Markup =>
  markup`${probesOf(report).map(({ name, probe: { damage } }) => {
    const variants = report.variants.flatMap((variant) =>
      probesOf(variant).flatMap((other) => (other.name === name ? [{ name: variant.name, damage: other.probe.damage }] : [])),
    );
    return markup`<h2>What wrong times of the ${name === 'probe' ? name : `probe at ${name}`} did</h2>
      <p>
        The same packets as a probe outside the router told them by a clock of its own:
        ${formatNumber(damage.flows)} flows of ${formatOctets(damage.octets)}.
      </p>
      ${figuresTable(damageRows(damage), damageColumns(damage, variants))}`;
  })}`;

/** The encodings of every variant, one after the other. */
const variantEncodings = ({ variants }: Report): Markup =>
  markup`${variants.map(({ name, damage }) => encodings(damage, `, ${name}`))}`;

function encodings(damage: Damage, of: string): Markup {
  if (damage.byEncoding.length === 0) return markup``;
  const shown = damageRows(damage).filter(({ of: figure }) =>
    damage.byEncoding.some(({ asItWas, withoutNtp }) => figure(asItWas) > 0 || figure(withoutNtp) > 0),
  );
  return markup`<h2>By how the export tells times${of}</h2>
    <p>
      The same flows, had the router told their times otherwise, as a collector reads them that knows what each is to mean; the
      last two are read by one that does not.
    </p>
    ${barChart(
      `Of all octets, in a wrong bucket of ${formatDuration(damage.bucketS)}`,
      ['without NTP', 'as it was'],
      damage.byEncoding.map(({ title, withoutNtp, asItWas }) => ({
        name: title,
        bars: [withoutNtp, asItWas].map(({ wrongBucketOctets }) => {
          const share = damage.octets === 0 ? 0 : wrongBucketOctets / damage.octets;
          return { share, text: formatPercent(100 * share) };
        }),
      })),
    )}
    ${encodingTable('As it was', damage, shown, ({ asItWas }) => asItWas)}
    ${encodingTable('Without NTP', damage, shown, ({ withoutNtp }) => withoutNtp)}`;
}

const encodingTable = (
  caption: string,
  damage: Damage,
  rows: readonly DamageRow[],
  figuresOf: (each: Damage['byEncoding'][number]) => DamageFigures,
): Markup =>
  markup`<div class="wide">
    <table>
      <caption>
        ${caption}
      </caption>
      <thead>
        <tr>
          <th scope="col">Times as</th>
          ${rows.map(({ name }) => markup`<th scope="col">${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${damage.byEncoding.map(
          (each) =>
            markup`<tr>
              <th scope="row">${each.title}<small>${each.rule}</small></th>
              ${rows.map(({ of, format }) => cell(of(figuresOf(each)), format))}
            </tr> `,
        )}
      </tbody>
    </table>
  </div> `;
