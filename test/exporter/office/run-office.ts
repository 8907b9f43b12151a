import { officeSchema, peopleSchema } from '../../../exporter/office/config.ts';
import { Office } from '../../../exporter/office/office.ts';
import type { PacketTrain } from '../../../core/net/packet-train.ts';
import { Random } from '../../../core/random/random.ts';
import { NS_PER_S, trueNs } from '../../../core/time/instant.ts';

export const HOUR_NS = 3_600 * NS_PER_S;

/** A Monday, 8:00 UTC. */
export const MONDAY = { unixMs: Date.UTC(2026, 2, 2, 8) };

export interface Situation {
  readonly seed?: number;
  readonly office?: unknown;
  readonly people?: unknown;
  readonly hours?: number;
}

export function openOffice({ seed = 1, office = {}, people = [], hours = 10 }: Situation): Office {
  return new Office({
    office: officeSchema.parse(office),
    people: peopleSchema.parse(people),
    random: new Random(seed),
    epoch: MONDAY,
    duration: hours * HOUR_NS,
  });
}

/** Every train of the office, as it hands them out when it is woken `stepNs` apart; by default whenever it asks to be. */
export function trainsOf(office: Office, stepNs?: number): PacketTrain[] {
  const trains: PacketTrain[] = [];
  let now = trueNs(0);
  for (let next = office.nextTimeout(); next !== undefined; next = office.nextTimeout()) {
    now = stepNs === undefined ? next : trueNs(now + stepNs);
    office.handleTimeout(now);
    for (let train = office.poll(); train !== undefined; train = office.poll()) trains.push(train);
  }
  return trains;
}

export const octetsOf = (trains: readonly PacketTrain[]): number => trains.reduce((sum, { octets }) => sum + octets, 0);
