import { VERDICT_MEANINGS, verdictWord } from '../../verify/detection/verdict.ts';
import { formatCount, formatOctets, formatPercent, oneLine } from '../format.ts';
import { clip, type Page } from '../layout.ts';
import type { Findings, Person } from '../report.ts';

const PEOPLE_SHOWN = 10;
const NAME_LENGTH = 28;
const BAR_LENGTH = 24;
/** Of a person's octets, for an activity to be told beside the main one. */
const NOTABLE_SHARE = 0.05;
const ALSO_SHOWN = 2;

export function writePeople(page: Page, { people, sites }: Findings): void {
  page.heading('Who used the most');
  if (people.length === 0) return page.text('Nobody used anything.');
  // Whose day the scenario writes down is shown wherever they come: they are what it is about.
  const shown = people
    .map((person, index) => ({ person, rank: index + 1 }))
    .filter(({ person, rank }) => rank <= PEOPLE_SHOWN || person.scripted);
  const rows = shown.map(({ person, rank }) => [
    String(rank).padStart(2),
    clip(oneLine(person.name), NAME_LENGTH),
    ...(sites === undefined ? [] : [person.site ?? '']),
    formatOctets(person.downOctets),
    formatOctets(person.upOctets),
    formatPercent(person.sharePercent),
  ]);
  const details = shown.map(
    ({ person }) =>
      () =>
        writePerson(page, person),
  );
  const site = sites === undefined ? [] : ['site'];
  const align = sites === undefined ? 'rlrrr' : 'rllrrr';
  page.table([['', '', ...site, 'down', 'up', 'share'], ...rows], align, { after: [() => undefined, ...details] });
  const others = people.filter((person, index) => index >= PEOPLE_SHOWN && !person.scripted);
  if (others.length === 0) return;
  page.text(`${formatCount(others.length, 'more person', 'more people')} used ${formatOctets(sum(others))} together.`);
}

function writePerson(page: Page, { sentence, activities, octets, trueOctets }: Person): void {
  const indent = 7;
  if (sentence !== '') page.text(sentence, { indent });
  const also = activities
    .filter((activity) => !sentence.endsWith(activity.sentence) && activity.octets >= octets * NOTABLE_SHARE)
    .slice(0, ALSO_SHOWN)
    .map((activity) => activity.sentence);
  if (also.length > 0) page.text(`also ${also.join(', ')}`, { indent });
  if (octets !== trueOctets) page.text(besideTruth(octets, trueOctets), { indent, mark: '! ', style: 'yellow' });
}

export function writeCategories(page: Page, { categories }: Findings): void {
  page.heading('Streaming, downloads and the rest');
  if (categories.length === 0) return page.text('No traffic.');
  const most = Math.max(...categories.map(({ sharePercent }) => sharePercent));
  const rows = categories.map(({ category, octets, sharePercent, trueOctets }) => [
    oneLine(category),
    formatOctets(octets),
    formatPercent(sharePercent),
    '█'.repeat(most > 0 ? Math.round((sharePercent / most) * BAR_LENGTH) : 0),
    octets === trueOctets ? '' : `! ${besideTruth(octets, trueOctets)}`,
  ]);
  page.table(rows, 'lrrll');
}

export function writeUnusual(page: Page, { unusual }: Findings): void {
  page.heading('Unusual');
  if (unusual.length === 0) return page.text('Nothing unusual was seen.');
  for (const { site, sentence, evidence, truth } of unusual) {
    page.text(site === undefined ? sentence : `${site}: ${sentence}`, { mark: '! ' });
    for (const fact of evidence) page.text(fact, { indent: 4, mark: '- ' });
    if (truth !== 'hit') page.text(`${verdictWord(truth)}: ${VERDICT_MEANINGS[truth]}`, { indent: 4, mark: '! ' });
  }
}

/** What was collected beside what is true, exact where rounding would hide the difference. */
export function besideTruth(octets: number, trueOctets: number): string {
  const [collected, truth] = [formatOctets(octets), formatOctets(trueOctets)];
  if (collected !== truth) return `collected ${collected}, in truth ${truth}`;
  const difference = octets - trueOctets;
  return `collected ${formatOctets(Math.abs(difference))} ${difference > 0 ? 'more' : 'less'} than in truth`;
}

const sum = (people: readonly Person[]): number => people.reduce((total, { octets }) => total + octets, 0);
