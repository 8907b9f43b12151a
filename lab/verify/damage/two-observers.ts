import type { Ledger } from '../ledger.ts';
import type { JudgedTimes } from './judge-times.ts';
import type { JudgedRecords, Telling } from './judged-records.ts';
import { inversions } from './order.ts';

/** What one of two devices on the same way has told, beside the ledger of what passed it. */
export interface Observation extends Pick<JudgedTimes, 'records' | 'train'> {
  readonly ledger: Ledger;
  readonly telling: Telling;
}

/** What comes of reading the two together. */
export interface OrderAcross {
  /** Conversations of which both have told the first packet of either direction. */
  readonly conversations: number;
  /** How often one tells a question and the other its answer in the wrong order; each conversation is asked either way. */
  readonly inversions: number;
}

/** Compares what one device tells of questions with what the other tells of their answers, and the other way round. */
export function orderAcross(one: Observation, other: Observation): OrderAcross {
  const { records } = one;
  const known = (rows: Telling, row: number): boolean => !Number.isNaN(rows.startNs[row]);
  const told = toldOf(one, other);
  return {
    conversations: records.pairs.filter(({ out, back }) => known(told, out) && known(told, back)).length,
    inversions: inversions(records, one.telling, told) + inversions(records, told, one.telling),
  };
}

/** For the records of `one` that are a pair's, what `other` tells of its record that begins with the same packet; else NaN. */
function toldOf(one: Observation, other: Observation): Telling {
  const rowOf = new Map(rowsOfPairs(other.records).map((row) => [packetOf(other, row), row]));
  const startNs = new Float64Array(one.records.length).fill(NaN);
  const endNs = startNs.slice();
  for (const row of rowsOfPairs(one.records)) {
    const same = rowOf.get(packetOf(one, row));
    if (same === undefined) continue;
    startNs[row] = other.telling.startNs[same] as number;
    endNs[row] = other.telling.endNs[same] as number;
  }
  return { startNs, endNs, receivedNs: one.telling.receivedNs };
}

const rowsOfPairs = ({ pairs }: JudgedRecords): number[] => pairs.flatMap(({ out, back }) => [out, back]);

/** The first packet of a record, by what either side of a translation knows it by, and its instant. */
function packetOf({ ledger: { trains, connections }, records, train }: Observation, row: number): string {
  const at = train[row] as number;
  const port = connections.serverPort.at(trains.connection.at(at));
  return `${trains.publicAddress.at(at)} ${trains.publicPort.at(at)} ${port} ${trains.direction.at(at)} ${records.startNs[row]}`;
}
