import { damageColumns, damageRows, type DamageColumn, type DamageRow } from '../../damage-rows.ts';
import type { Damage, DamageFigures } from '../../damage-schema.ts';
import { formatCount, formatDuration, formatNumber, formatOctets, formatPercent } from '../../format.ts';
import type { Report } from '../../report.ts';
import { probesOf } from '../../sections/probe.ts';
import { barChart } from '../charts/bar-chart.ts';
import { markup, NONE, type Markup } from '../markup.ts';
import { table } from '../table.ts';

/** What wrong times did to whoever relies on them. */
export function damageSection(report: Report): Markup {
  const { damage, variants } = report;
  const columns = damageColumns(damage, variants);
  return markup`<p>
      ${formatCount(damage.flows, 'flow')} of ${formatOctets(damage.octets)}, each known in truth and as its router told it: as they would have been told had nobody corrected a clock, as they were, and as the collector sets them right by its own estimate${variants.length > 0 ? '; here each variant as it was' : ''}.
    </p>
    ${shareChart(damage, columns)} ${figuresTable('What wrong times did', damageRows(damage), columns)} ${probes(report)}
    ${variants.length > 0 ? variantEncodings(report) : encodings(damage, '')}`;
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

const figuresTable = (caption: string, rows: readonly DamageRow[], columns: readonly DamageColumn[]): Markup =>
  table(
    caption,
    [
      { name: 'what', of: ({ name }) => name, isText: true },
      ...columns.map(({ name, figures }) => ({ name, of: ({ of, format }: DamageRow) => value(of(figures), format) })),
      { name: 'what it means', of: ({ meaning }) => meaning, isText: true },
    ],
    rows,
  );

/** What there is none of is told faintly. */
const value = (figure: number, format: (value: number) => string): Markup =>
  markup`<span class="${figure > 0 ? 'some' : 'none'}">${format(figure)}</span>`;

/** What each probe's own clock did, in the same figures. */
const probes = (report: Report): Markup =>
  markup`${probesOf(report).map(({ name, probe: { damage } }) => {
    const variants = report.variants.flatMap((variant) =>
      probesOf(variant).flatMap((other) => (other.name === name ? [{ name: variant.name, damage: other.probe.damage }] : [])),
    );
    const whose = name === 'probe' ? name : `probe at ${name}`;
    return markup`<h3>What wrong times of the ${whose} did</h3>
      <p>
        The same packets as a probe outside the router told them by a clock of its own:
        ${formatNumber(damage.flows)} flows of ${formatOctets(damage.octets)}.
      </p>
      ${figuresTable(`What wrong times of the ${whose} did`, damageRows(damage), damageColumns(damage, variants))}`;
  })}`;

/** The encodings of every variant, one after the other. */
const variantEncodings = ({ variants }: Report): Markup =>
  markup`${variants.map(({ name, damage }) => encodings(damage, `, ${name}`))}`;

function encodings(damage: Damage, of: string): Markup {
  if (damage.byEncoding.length === 0) return NONE;
  const shown = damageRows(damage).filter(({ of: figure }) =>
    damage.byEncoding.some(({ asItWas, withoutNtp }) => figure(asItWas) > 0 || figure(withoutNtp) > 0),
  );
  return markup`<h3>By how the export tells times${of}</h3>
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
    ${encodingTable(`As it was${of}`, damage, shown, ({ asItWas }) => asItWas)}
    ${encodingTable(`Without NTP${of}`, damage, shown, ({ withoutNtp }) => withoutNtp)}`;
}

const encodingTable = (
  caption: string,
  { byEncoding }: Damage,
  rows: readonly DamageRow[],
  figuresOf: (each: Damage['byEncoding'][number]) => DamageFigures,
): Markup =>
  table(
    caption,
    [
      { name: 'times as', of: ({ title, rule }) => markup`${title}<small>${rule}</small>`, isText: true },
      ...rows.map(({ name, of, format }) => ({
        name,
        of: (each: Damage['byEncoding'][number]) => value(of(figuresOf(each)), format),
      })),
    ],
    byEncoding,
  );
