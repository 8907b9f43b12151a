import { readFileSync } from 'node:fs';
import { groupBy } from '../../collector/query/group-by.ts';
import { corrected, type JudgedDevice } from '../findings/damage.ts';
import { HEADQUARTERS } from '../scenario/site-schema.ts';

/** Stored Flow Records in all their times, as columns of nanoseconds since the scenario's epoch, by when they were stored. */
export interface TimedRecords {
  readonly length: number;
  /** Row ids in the store. */
  readonly id: Float64Array;
  readonly octets: Float64Array;
  /** First and last packet in truth. */
  readonly startNs: Float64Array;
  readonly endNs: Float64Array;
  /** As the router told them. */
  readonly storedStartNs: Float64Array;
  readonly storedEndNs: Float64Array;
  /** Export Time of the Message's header. */
  readonly headerNs: Float64Array;
  /** Arrival in truth, and by the collector's clock. */
  readonly arrivedNs: Float64Array;
  readonly receivedNs: Float64Array;
  readonly correctedStartNs: Float64Array;
  readonly correctedEndNs: Float64Array;
}

/** Of a run in this process. */
export function timedRecords(judged: JudgedDevice): TimedRecords {
  const { records, stored, id, exportTimeNs } = judged;
  const { startNs, endNs } = corrected(judged);
  return {
    length: records.length,
    id,
    octets: records.octets,
    startNs: records.startNs,
    endNs: records.endNs,
    storedStartNs: stored.startNs,
    storedEndNs: stored.endNs,
    headerNs: exportTimeNs,
    arrivedNs: records.arrivedNs,
    receivedNs: stored.receivedNs,
    correctedStartNs: startNs,
    correctedEndNs: endNs,
  };
}

/** Columns of times.csv, by the name there. */
const COLUMNS = {
  record: 'id',
  true_start_ns: 'startNs',
  true_end_ns: 'endNs',
  router_start_ns: 'storedStartNs',
  router_end_ns: 'storedEndNs',
  header_ns: 'headerNs',
  true_arrived_ns: 'arrivedNs',
  received_ns: 'receivedNs',
  corrected_start_ns: 'correctedStartNs',
  corrected_end_ns: 'correctedEndNs',
  octets: 'octets',
} as const;

type Column = (typeof COLUMNS)[keyof typeof COLUMNS];

/** Of a saved run's times.csv: what routers told, by the site; of the only one there is under the name of headquarters. */
export function savedRecords(path: string): Map<string, TimedRecords> {
  const [header = '', ...all] = readFileSync(path, 'utf8').trimEnd().split('\n');
  const names = header.split(',');
  const [site, device] = [names.indexOf('site'), names.indexOf('device')];
  const field = (line: string, index: number): string | undefined => line.split(',', index + 1)[index];
  // What a probe tells is of the same packets.
  const told = device < 0 ? all : all.filter((line) => field(line, device) === 'router');
  const bySite = groupBy(told, (line) => (site < 0 ? HEADQUARTERS : field(line, site)) ?? '');
  return new Map([...bySite].map(([name, lines]) => [name, columnsOf(names, lines)]));
}

function columnsOf(names: readonly string[], lines: readonly string[]): TimedRecords {
  const columns = Object.fromEntries(Object.values(COLUMNS).map((name) => [name, new Float64Array(lines.length)])) as Record<
    Column,
    Float64Array
  >;
  const places = Object.entries(COLUMNS).map(([name, column]) => ({ index: names.indexOf(name), column: columns[column] }));
  for (const [row, line] of lines.entries()) {
    const fields = line.split(',');
    for (const { index, column } of places) column[row] = Number(fields[index]);
  }
  return { length: lines.length, ...columns };
}
