import { byRaise } from '../../collector/detect/alert.ts';
import type { Findings, SiteFindings } from '../report/report.ts';
import type { Difference } from '../verify/difference.ts';
import { told } from './differences.ts';
import { toThousandths } from './site-findings.ts';

/** What was found at several sites as one, headquarters' first: sums, everybody, and `differences` and `damage` of all of them. */
export function together(
  sites: readonly SiteFindings[],
  differences: readonly Difference[],
  damage: Findings['damage'],
): Findings {
  const collected = sumOf(sites.map((site) => site.collected));
  const shareOf = (octets: number): number => toThousandths(collected.octets === 0 ? 0 : (100 * octets) / collected.octets);
  const people = sites.flatMap((site) =>
    site.people.map((person) => ({ ...person, site: site.name, sharePercent: shareOf(person.octets) })),
  );
  return {
    exported: sumOf(sites.map((site) => site.exported)),
    exports: sites.flatMap(({ name: site, exports }) => exports.map((each) => ({ ...each, name: `${site} ${each.name}` }))),
    collected,
    ipv6Octets: sites.reduce((sum, { ipv6Octets }) => sum + ipv6Octets, 0),
    lost: sumOf(sites.map((site) => site.lost)),
    people: people.sort((one, other) => other.octets - one.octets),
    categories: categoriesOf(sites.flatMap((site) => site.categories)).map((row) => ({
      ...row,
      sharePercent: shareOf(row.octets),
    })),
    unusual: sites.flatMap(({ name: site, unusual }) => unusual.map((each) => ({ ...each, site }))).sort(byRaise),
    untold: sites
      .flatMap(({ name: site, untold }) => untold.map((each) => ({ ...each, site })))
      .sort((one, other) => one.fromMs - other.fromMs),
    activities: activitiesOf(sites.map((site) => site.activities)),
    clocks: clocksOf(sites.map((site) => site.clocks)),
    attribution: attributionOf(sites.map((site) => site.attribution)),
    damage,
    ...told(differences),
    sites: [...sites],
  };
}

/** Every figure added up. */
function sumOf<Figures extends Record<string, number>>(all: readonly Figures[]): Figures {
  const [first] = all;
  const names = Object.keys(first ?? {});
  return Object.fromEntries(names.map((name) => [name, all.reduce((sum, each) => sum + (each[name] ?? 0), 0)])) as Figures;
}

type Category = Findings['categories'][number];

function categoriesOf(rows: readonly Category[]): Category[] {
  const byName = new Map<string, Category>();
  for (const row of rows) {
    const { octets, trueOctets } = byName.get(row.category) ?? { octets: 0, trueOctets: 0 };
    byName.set(row.category, { ...row, octets: octets + row.octets, trueOctets: trueOctets + row.trueOctets });
  }
  return [...byName.values()].sort((one, other) => other.octets - one.octets || (one.category < other.category ? -1 : 1));
}

/** The clocks are headquarters' router's and the collector's; what landed in a wrong bucket is everybody's. */
function clocksOf(all: readonly Findings['clocks'][]): Findings['clocks'] {
  const { router, collector, bucketS, estimatedSkewMs } = all[0] as Findings['clocks'];
  const octets = sumOf(
    all.map(({ wrongBucketOctets, trueWrongBucketOctets, wrongBucketOctetsWithoutNtp, trueWrongBucketOctetsWithoutNtp }) => ({
      wrongBucketOctets,
      trueWrongBucketOctets,
      wrongBucketOctetsWithoutNtp,
      trueWrongBucketOctetsWithoutNtp,
    })),
  );
  return { router, collector, bucketS, ...octets, estimatedSkewMs };
}

type Activities = Findings['activities'];

function activitiesOf(all: readonly Activities[]): Activities {
  const found = all.reduce((sum, each) => sum + each.found, 0);
  const categories = new Map<string, Activities['categories'][number]>();
  for (const row of all.flatMap((each) => each.categories)) {
    const { category, ...octets } = row;
    const { category: _name, ...before } = categories.get(category) ?? { category, octets: 0, trueOctets: 0, rightOctets: 0 };
    categories.set(category, { category, ...sumOf([before, octets]) });
  }
  return {
    ...sumOf(all.map(({ truth, found: right, wrong, missed }) => ({ truth, found: right, wrong, missed }))),
    scripted: sumOf(all.map(({ scripted }) => scripted)),
    meanErrorMs: found === 0 ? 0 : all.reduce((sum, each) => sum + each.meanErrorMs * each.found, 0) / found,
    maxErrorMs: Math.max(...all.map(({ maxErrorMs }) => maxErrorMs)),
    categories: [...categories.values()],
  };
}

type Attribution = Findings['attribution'];

/** A site without NAT events leaves their questions open. */
function attributionOf(all: readonly Attribution[]): Attribution {
  const haveEvents = all.some(({ fromEvents }) => fromEvents !== null);
  return {
    asked: all.reduce((sum, { asked }) => sum + asked, 0),
    fromFlows: sumOf(all.map(({ fromFlows }) => fromFlows)),
    fromEvents: haveEvents
      ? sumOf(all.map(({ fromEvents, asked }) => fromEvents ?? { right: 0, wrong: 0, unanswered: asked }))
      : null,
  };
}
