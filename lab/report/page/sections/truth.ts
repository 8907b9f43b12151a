import { DIFFERENCE_KINDS, type DifferenceKind } from '../../../verify/difference.ts';
import { formatCount, formatNumber, formatOctets } from '../../format.ts';
import type { Findings } from '../../report.ts';
import { activitiesSentence, attributionSentence } from '../../sections/attribution.ts';
import { markup, NONE, type Markup } from '../markup.ts';
import { bullets, folded, table } from '../table.ts';

const TOLD = 30;

/** What each kind of difference is called by who does not judge for a living. */
const MEANINGS: Readonly<Record<DifferenceKind, string>> = {
  MISSING: 'Lost: packets passed, and no record speaks of them though none is known to be lost.',
  UNEXPECTED: 'Invented: a record of packets that never passed.',
  DUPLICATED: 'Duplicated: the same packets are told twice.',
  SCALED: 'Miscounted: the record is there, with other numbers of packets or octets.',
  SPLIT: 'Divided: one record has become several where nothing ends one.',
  SHIFTED: 'Mistimed: the record is there, at a time when its packets did not pass.',
  MISATTRIBUTED: "Misattributed: somebody's packets under somebody else's address.",
};

/** What is stored held against what happened, every difference by its name. */
export function truthSection(findings: Findings): Markup {
  const { differenceCounts, differences, exported, people } = findings;
  const count = DIFFERENCE_KINDS.reduce((sum, kind) => sum + (differenceCounts[kind] ?? 0), 0);
  const wrong = people.filter(({ octets, trueOctets }) => octets !== trueOctets);
  const sentences = [
    count === 0
      ? `What is stored and what happened do not differ: ${formatCount(exported.records, 'record')} were held against every packet.`
      : `What is stored differs from what happened in ${formatCount(count, 'way')}.`,
    wrong.length === 0
      ? 'Everybody has the octets that really were theirs.'
      : `${formatCount(wrong.length, 'person or device has', 'people and devices have')} other octets than in truth, together ${formatOctets(wrong.reduce((sum, { octets, trueOctets }) => sum + Math.abs(octets - trueOctets), 0))}.`,
    activitiesSentence(findings),
    attributionSentence(findings),
  ];
  return markup`<p>The simulation writes down every packet with who sent it, and a judge that shares no code with the collector compares.</p>
    ${bullets(sentences.filter((sentence) => sentence !== undefined))}
    ${table(
      'Differences between store and truth',
      [
        { name: 'name', of: (kind) => kind, isText: true },
        { name: 'how many', of: (kind) => formatNumber(differenceCounts[kind] ?? 0) },
        { name: 'what it means', of: (kind) => MEANINGS[kind], isText: true },
      ],
      DIFFERENCE_KINDS,
    )}
    ${differences.length === 0 ? NONE : folded(`The first ${formatNumber(Math.min(TOLD, differences.length))} of them`, bullets(differences.slice(0, TOLD).map(({ kind, sentence }) => `${kind}: ${sentence}`)))}`;
}
