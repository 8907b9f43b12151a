import { formatClockError, formatCount, formatNumber, formatOctets, oneLine } from '../format.ts';
import type { Page } from '../layout.ts';
import type { Findings } from '../report.ts';
import { differenceSummary } from './records.ts';

/** What a second device told of the same packets, and in which order both tell them; nothing where there is none. */
export function writeProbes(page: Page, findings: Findings): void {
  const probes = probesOf(findings);
  if (probes.length === 0) return;
  page.heading('Seen twice');
  for (const { name, probe } of probes) writeProbe(page, oneLine(name), probe);
}

/** Every probe by its site's name, or as `probe` where there is one site. */
export const probesOf = ({ probe, sites = [] }: Findings): { name: string; probe: NonNullable<Findings['probe']> }[] =>
  [{ name: 'probe', probe }, ...sites].flatMap(({ name, probe }) => (probe === undefined ? [] : [{ name, probe }]));

function writeProbe(page: Page, name: string, probe: NonNullable<Findings['probe']>): void {
  const { exporter, observationDomainId, collected, clock, conversations, inversions } = probe;
  const volume = `${formatCount(collected.records, 'record')} with ${formatOctets(collected.octets)}`;
  page.text(
    `${exporter}, domain ${observationDomainId}, told the same packets outside the router in ${volume}, which no total above has; differences: ${differenceSummary(probe)}.`,
    { mark: `${name}  ` },
  );
  const atEnd = formatClockError(clock.trueErrorAfterMs);
  page.text(
    `Its clock was ${atEnd} at the end. Of ${formatCount(conversations, 'conversation')} that both told, the request as one tells it follows the answer as the other does ${timesOf(inversions.asItWas)}; without NTP ${timesOf(inversions.withoutNtp)}, as the collector sets the clocks right ${timesOf(inversions.corrected)}.`,
  );
}

const timesOf = (count: number): string => (count === 1 ? 'once' : `${formatNumber(count)} times`);
