import type { RouterConfig } from '../../exporter/config.ts';

type Metering = RouterConfig['metering'];

/** A choice the judge cannot follow: the key and why. */
interface Refusal {
  readonly key: keyof Metering;
  readonly message: string;
}

const ELSEWHERE = 'choose it for one of router.monitors, whose export is written but not judged';
const JUDGED_POINTS = ['lan-ingress', 'wan-ingress'] as const;
/** A record must lead to one inside endpoint and one public endpoint. */
const JUDGED_KEYS = [
  'sourceAddress',
  'destinationAddress',
  'sourcePort',
  'destinationPort',
  'protocol',
  'postNatEndpoints',
] as const;

/**
 * What the export that goes to the collector must not be, because the judge could not tell right from wrong: it looks up each
 * record by its inside and its public endpoint, holds it to one direction of one conversation, and asks every packet to be in
 * exactly one record.
 */
export function refusalsOf({ observationPoints, keys, biflow, cache, whenFull }: Metering): Refusal[] {
  const refusals: Refusal[] = [];
  const refuse = (key: keyof Metering, what: string): void => void refusals.push({ key, message: `${what}; ${ELSEWHERE}` });
  const isJudged = observationPoints.length === 2 && JUDGED_POINTS.every((point) => observationPoints.includes(point));
  if (!isJudged) {
    refuse(
      'observationPoints',
      `is judged only as ${JUDGED_POINTS.join(' and ')}, where a record shows inside and public endpoint`,
    );
  }
  const missing = JUDGED_KEYS.filter((key) => !keys.includes(key));
  if (missing.length > 0) refuse('keys', `lacks ${missing.join(', ')}: then records of several conversations are one`);
  if (biflow) refuse('biflow', 'is not judged: its records are about two directions');
  if (cache === 'permanent') refuse('cache', 'is not judged when permanent: its records overlap');
  if (whenFull === 'refuse-new') refuse('whenFull', 'is not judged as refuse-new: packets that are ignored have no record');
  return refusals;
}
