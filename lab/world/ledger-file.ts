import { closeSync, openSync, writeSync } from 'node:fs';
import { formatAddress } from '../../core/net/address-book.ts';
import { isMalicious } from '../../exporter/office/malicious.ts';
import { DOWN } from '../verify/ledger.ts';
import type { Site } from './site.ts';

const ROWS_PER_WRITE = 10_000;
const HEADER =
  'start_ns,direction,device,protocol,inside_address,inside_port,public_address,public_port,server_address,server_port,server_name,interval_ns,packets,octets,activity,label,malicious,connection,person';

/**
 * Writes ledger.csv: one line for each packet train that passed the router or was dropped by it, in the order they started, and
 * what it truly was, with octets as it came in: the number of the scenario's activity and its `do`, both empty for what nobody
 * wrote down; the number of its connection at the site, and whose device it is. Several sites come one after the other, and each line begins with its site.
 */
export function writeLedger(path: string, sites: readonly Pick<Site, 'config' | 'ledger' | 'office'>[]): void {
  const file = openSync(path, 'w');
  const areSeveral = sites.length > 1;
  try {
    writeSync(file, `${areSeveral ? 'site,' : ''}${HEADER}\n`);
    for (const site of sites) writeSite(file, site, areSeveral ? `${site.config.name},` : '');
  } finally {
    closeSync(file);
  }
}

function writeSite(file: number, { ledger, office }: Pick<Site, 'ledger' | 'office'>, lineStart: string): void {
  for (let from = 0; from < ledger.length; from += ROWS_PER_WRITE) {
    let text = '';
    for (let train = from; train < Math.min(ledger.length, from + ROWS_PER_WRITE); train++) {
      text += `${lineStart}${fieldsOf(train, ledger, office).join(',')}\n`;
    }
    writeSync(file, text);
  }
}

function fieldsOf(
  train: number,
  { connections, trains }: Site['ledger'],
  { devices, activities }: Site['office'],
): (string | number | boolean | undefined)[] {
  const connection = trains.connection.at(train);
  const index = connections.activity.at(connection);
  const activity = activities[index];
  return [
    trains.startNs.at(train),
    trains.direction.at(train) === DOWN ? 'down' : 'up',
    JSON.stringify(devices[connections.device.at(connection)]?.name ?? ''),
    connections.protocol.at(connection),
    formatAddress(connections.insideAddress.at(connection)),
    connections.insidePort.at(connection),
    formatAddress(trains.publicAddress.at(train)),
    trains.publicPort.at(train),
    formatAddress(connections.serverAddress.at(connection)),
    connections.serverPort.at(connection),
    connections.serverName[connection],
    trains.intervalNs.at(train),
    trains.packets.at(train),
    trains.octets.at(train),
    activity === undefined ? '' : index,
    activity?.config.do ?? '',
    activity !== undefined && isMalicious(activity),
    connection,
    JSON.stringify(devices[connections.device.at(connection)]?.person ?? ''),
  ];
}
