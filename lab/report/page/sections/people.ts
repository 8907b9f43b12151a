import { formatCount, formatOctets, formatPercent } from '../../format.ts';
import type { Person, Report } from '../../report.ts';
import { besideTruth } from '../../sections/usage.ts';
import { element, joined, markup, NONE, type Markup } from '../markup.ts';
import { folded, table, type Column } from '../table.ts';

const SHOWN = 12;
const BAR_WIDTH = 120;

/** Who used how much: those who used most and those the scenario writes about, and everybody folded away. */
export function peopleSection({ people, sites }: Report): Markup {
  if (people.length === 0) return markup`<p>Nobody used anything.</p>`;
  const ranked = people.map((person, index) => ({ person, rank: index + 1 }));
  const shown = ranked.filter(({ person, rank }) => rank <= SHOWN || person.scripted);
  const columns = columnsOf(people, sites !== undefined);
  const rest = people.length - shown.length;
  return markup`<p>What was sent and received by whoever has an address of the office, as the collector counted it. A bar shows what came in and, behind it, what went out.</p>
    ${table('Who used the most', columns, shown)}
    ${rest === 0 ? NONE : folded(`Everybody: ${formatCount(rest, 'more person', 'more people')} and devices`, table('Everybody', columns, ranked))}`;
}

interface Ranked {
  readonly person: Person;
  readonly rank: number;
}

function columnsOf(people: readonly Person[], hasSites: boolean): Column<Ranked>[] {
  const most = Math.max(1, ...people.map(({ octets }) => octets));
  const site: Column<Ranked> = { name: 'site', of: ({ person }) => person.site ?? '', isText: true };
  return [
    {
      name: 'who',
      of: ({ person, rank }) =>
        markup`${rank}. ${person.name}<small>${[person.department, person.address].filter((part) => part !== '').join(', ')}</small>`,
      isText: true,
    },
    ...(hasSites ? [site] : []),
    { name: 'in', of: ({ person }) => formatOctets(person.downOctets) },
    { name: 'out', of: ({ person }) => formatOctets(person.upOctets) },
    { name: 'share', of: ({ person }) => formatPercent(person.sharePercent) },
    { name: 'of the most', of: ({ person }) => bar(person, most) },
    { name: 'mostly', of: ({ person }) => mostly(person), isText: true },
  ];
}

function bar({ downOctets, upOctets }: Person, most: number): Markup {
  const width = (octets: number): number => Math.round((10 * BAR_WIDTH * octets) / most) / 10;
  return element(
    'svg',
    { class: 'bar', viewBox: `0 0 ${BAR_WIDTH} 10`, 'aria-hidden': 'true' },
    joined([
      element('rect', { class: 'down', width: width(downOctets), height: 10 }),
      element('rect', { class: 'up', x: width(downOctets), width: width(upOctets), height: 10 }),
    ]),
  );
}

function mostly({ sentence, octets, trueOctets }: Person): Markup {
  const truth = octets === trueOctets ? NONE : markup`<small class="bad">${besideTruth(octets, trueOctets)}</small>`;
  return markup`${sentence}${truth}`;
}
