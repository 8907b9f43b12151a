import { closeSync, openSync, writeSync } from 'node:fs';
import { corrected, type JudgedDevice, type JudgedSite } from './damage.ts';

const ROWS_PER_WRITE = 10_000;
const HEADER = [
  'record',
  'true_start_ns',
  'true_end_ns',
  'router_start_ns',
  'router_end_ns',
  'true_sent_ns',
  'header_ns',
  'true_arrived_ns',
  'received_ns',
  'corrected_start_ns',
  'corrected_end_ns',
  'octets',
].join(',');

/**
 * Writes times.csv: one line for each stored Flow Record whose packets are known, by its row id, with its times in truth, by the router's clock,
 * by the header of its Message, by the collector's clock and as the collector corrects them; all in nanoseconds since the scenario's epoch. Where there are
 * several sites it begins with the site, where there is a probe with `router` or `probe`, whose clock it is then that is called the router's.
 */
export function writeTimes(path: string, sites: readonly Pick<JudgedSite, 'router' | 'probe'>[]): void {
  const file = openSync(path, 'w');
  const areSeveral = sites.length > 1;
  const haveProbes = sites.some(({ probe }) => probe !== undefined);
  try {
    writeSync(file, `${areSeveral ? 'site,' : ''}${haveProbes ? 'device,' : ''}${HEADER}\n`);
    for (const { router, probe } of sites) {
      const site = areSeveral ? `${router.device.name},` : '';
      writeDevice(file, router, site + (haveProbes ? 'router,' : ''));
      if (probe !== undefined) writeDevice(file, probe, `${site}probe,`);
    }
  } finally {
    closeSync(file);
  }
}

function writeDevice(file: number, judged: JudgedDevice, lineStart: string): void {
  const { records, stored, id, exportTimeNs } = judged;
  const { startNs, endNs } = corrected(judged);
  const columns = [
    id,
    records.startNs,
    records.endNs,
    stored.startNs,
    stored.endNs,
    records.sentNs,
    exportTimeNs,
    records.arrivedNs,
    stored.receivedNs,
    startNs.map(Math.round),
    endNs.map(Math.round),
    records.octets,
  ];
  for (let from = 0; from < records.length; from += ROWS_PER_WRITE) {
    let text = '';
    for (let row = from; row < Math.min(records.length, from + ROWS_PER_WRITE); row++)
      text += `${lineStart}${columns.map((column) => column[row]).join(',')}\n`;
    writeSync(file, text);
  }
}
