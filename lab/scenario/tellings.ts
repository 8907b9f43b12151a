import type { Findings } from '../report/report.ts';
import { TIME_ENCODINGS } from '../verify/damage/encodings.ts';

/** How times can be told, besides as they are stored. */
export const TELLINGS: readonly string[] = ['without-ntp', 'corrected', ...TIME_ENCODINGS.map(({ name }) => name)];

export const isEncoding = (told: string): boolean => TIME_ENCODINGS.some(({ name }) => name === told);

/** What would have been found had the times been told that way. */
export function toldAs(findings: Findings, told: string): Findings {
  const { damage, probe, sites } = findings;
  const encoded = damage.byEncoding.find(({ name }) => name === told)?.asItWas;
  const asItWas = told === 'without-ntp' ? damage.withoutNtp : told === 'corrected' ? damage.corrected : encoded;
  if (asItWas === undefined) throw new Error(`nobody told times as ${told}`);
  return {
    ...findings,
    damage: { ...damage, asItWas },
    ...(probe && { probe: probeToldAs(probe, told) }),
    ...(sites && { sites: sites.map((site) => ({ ...site, ...(site.probe && { probe: probeToldAs(site.probe, told) }) })) }),
  };
}

/** An encoding is not asked of probes: the scenario's schema refuses it. */
function probeToldAs(probe: NonNullable<Findings['probe']>, told: string): NonNullable<Findings['probe']> {
  const { inversions } = probe;
  const asItWas = { 'without-ntp': inversions.withoutNtp, corrected: inversions.corrected }[told] ?? inversions.asItWas;
  return { ...probe, inversions: { ...inversions, asItWas } };
}
