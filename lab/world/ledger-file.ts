import { closeSync, openSync, writeSync } from 'node:fs';
import { formatAddress } from '../../core/net/address-book.ts';
import { isMalicious } from '../../exporter/office/malicious.ts';
import type { Office } from '../../exporter/office/office.ts';
import { DOWN, type Ledger } from '../verify/ledger.ts';

const ROWS_PER_WRITE = 10_000;
const HEADER =
  'start_ns,direction,device,protocol,inside_address,inside_port,public_address,public_port,server_address,server_port,server_name,interval_ns,packets,octets,activity,label,malicious';

/**
 * Writes ledger.csv: one line for each packet train that passed the router or was dropped by it, in the order they started, and
 * what it truly was, with octets as it came in: the number of the scenario's activity and its `do`, both empty for what nobody wrote down.
 */
export function writeLedger(path: string, ledger: Ledger, { devices, activities }: Pick<Office, 'devices' | 'activities'>): void {
  const { connections, trains } = ledger;
  const file = openSync(path, 'w');
  try {
    writeSync(file, `${HEADER}\n`);
    for (let from = 0; from < ledger.length; from += ROWS_PER_WRITE) {
      let text = '';
      for (let train = from; train < Math.min(ledger.length, from + ROWS_PER_WRITE); train++) {
        const connection = trains.connection.at(train);
        const index = connections.activity.at(connection);
        const activity = activities[index];
        const fields = [
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
        ];
        text += `${fields.join(',')}\n`;
      }
      writeSync(file, text);
    }
  } finally {
    closeSync(file);
  }
}
