import { addBetween } from './count.ts';
import type { Difference } from './difference.ts';
import type { Ledger } from './ledger.ts';
import type { Records } from './records.ts';

/** How packets were selected: `size` of each `population`, exactly or (uniform) each with that probability. */
export interface Sampling {
  readonly isUniform: boolean;
  readonly size: number;
  readonly population: number;
}

interface Volume {
  readonly records: number;
  readonly packets: number;
  readonly octets: number;
}

/** Beyond so many standard deviations chance is no explanation: less than one in a million. */
const DEVIATIONS = 5;

/**
 * Judges the records of a router that samples. Which packets it saw nobody can tell from the truth, so two things are compared:
 * what it exported with what is stored or known to be lost, exactly; and what it selected, scaled up, with all that passed,
 * within what chance allows (RFC 5475 section 5). Where packets are counted off, their number must be right but for one
 * selection; their octets are held to the bound of random sampling, which supposes that sizes do not follow the count.
 */
export function judgeSampled(ledger: Ledger, records: Records, exported: Volume, sampling: Sampling): Difference[] {
  const stored = volumeOf(records);
  const truth = truthOf(ledger);
  const differences: Difference[] = [];
  for (const what of ['records', 'packets', 'octets'] as const) {
    if (stored[what] === exported[what]) continue;
    const sentence = `the router exported ${exported[what]} ${what}; ${stored[what]} are stored or known to be lost`;
    differences.push(scaled(sentence, what, stored[what] - exported[what]));
  }
  const share = sampling.size / sampling.population;
  const spread = (1 - share) / share;
  const bounds = {
    packets: sampling.isUniform ? DEVIATIONS * Math.sqrt(spread * truth.packets) : sampling.population,
    octets: DEVIATIONS * Math.sqrt(spread * truth.squares),
  };
  for (const what of ['packets', 'octets'] as const) {
    const estimate = stored[what] / share;
    if (Math.abs(estimate - truth[what]) <= bounds[what]) continue;
    const sentence = `${stored[what]} sampled ${what} stand for ${Math.round(estimate)}; ${truth[what]} passed, and chance explains ${Math.round(bounds[what])} more or less`;
    differences.push(scaled(sentence, what, Math.round(estimate - truth[what])));
  }
  return differences;
}

function volumeOf({ length, columns }: Records): Volume {
  let packets = 0;
  let octets = 0;
  for (let row = 0; row < length; row++) {
    packets += columns.packetDeltaCount[row] as number;
    octets += columns.octetDeltaCount[row] as number;
  }
  return { records: length, packets, octets };
}

/** All that passed, and the sum of the squares of the packets' lengths. */
function truthOf(ledger: Ledger): { packets: number; octets: number; squares: number } {
  const truth = { packets: 0, octets: 0, squares: 0 };
  for (let train = 0; train < ledger.length; train++) {
    const count = { packets: 0, octets: 0 };
    addBetween(ledger, train, 0, Number.POSITIVE_INFINITY, count);
    if (count.packets === 0) continue;
    truth.packets += count.packets;
    truth.octets += count.octets;
    // The packets of a train differ by an octet at the most.
    truth.squares += count.octets ** 2 / count.packets;
  }
  return truth;
}

const scaled = (sentence: string, what: 'records' | 'packets' | 'octets', by: number): Difference => ({
  kind: 'SCALED',
  sentence,
  records: [],
  packets: what === 'packets' ? by : 0,
  octets: what === 'octets' ? by : 0,
});
