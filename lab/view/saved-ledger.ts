import { existsSync, readFileSync } from 'node:fs';
import { parseAddress } from '../../core/net/address-book.ts';
import { HEADQUARTERS } from '../scenario/site-schema.ts';
import { DOWN, Ledger, NOBODY, UP } from '../verify/ledger.ts';
import type { NamedLedger } from './true-flows.ts';

/** The ledger of headquarters as ledger.csv has it, read when it is first asked for; `undefined` when there is no such file. */
export function savedLedger(path: string): () => NamedLedger | undefined {
  let read: NamedLedger | undefined;
  return () => (read ??= existsSync(path) ? readLedger(path) : undefined);
}

function readLedger(path: string): NamedLedger {
  const [header = '', ...lines] = readFileSync(path, 'utf8').trimEnd().split('\n');
  const names = header.split(',');
  const ledger = new Ledger();
  ledger.endNs = Infinity;
  const devices: string[] = [];
  const rows = new Map<string, number>();
  for (const line of lines) {
    const train = trainOf(line, names);
    if ((train['site'] ?? HEADQUARTERS) !== HEADQUARTERS) continue;
    const text = (name: string): string => train[name] ?? '';
    const ends = ['device', 'protocol', 'inside_address', 'inside_port', 'server_address', 'server_port'].map(text);
    const key = ends.join(' ');
    let row = rows.get(key);
    if (row === undefined) {
      row = addConnection(ledger, devices, text);
      rows.set(key, row);
    }
    const { trains } = ledger;
    trains.connection.push(row);
    trains.direction.push(text('direction') === 'down' ? DOWN : UP);
    trains.startNs.push(Number(text('start_ns')));
    trains.intervalNs.push(Number(text('interval_ns')));
    trains.packets.push(Number(text('packets')));
    trains.octets.push(Number(text('octets')));
    trains.publicAddress.push(parseAddress(text('public_address')) ?? 0);
    trains.publicPort.push(Number(text('public_port')));
  }
  return { ledger, nameOf: (device) => devices[device] ?? '' };
}

/** The device's name is a JSON string, and alone in it there may be commas. */
function trainOf(line: string, names: readonly string[]): Readonly<Record<string, string>> {
  const quoted = /"(?:[^"\\]|\\.)*"/.exec(line)?.[0] ?? '""';
  const fields = line.replace(quoted, '').split(',');
  const train = Object.fromEntries(names.map((name, index) => [name, fields[index] ?? '']));
  return { ...train, device: JSON.parse(quoted) as string };
}

function addConnection(ledger: Ledger, devices: string[], text: (name: string) => string): number {
  const { connections } = ledger;
  const name = text('device');
  const known = devices.indexOf(name);
  connections.device.push(name === '' ? NOBODY : known >= 0 ? known : devices.push(name) - 1);
  connections.protocol.push(Number(text('protocol')));
  connections.insideAddress.push(parseAddress(text('inside_address')) ?? 0);
  connections.insidePort.push(Number(text('inside_port')));
  connections.serverAddress.push(parseAddress(text('server_address')) ?? 0);
  connections.serverPort.push(Number(text('server_port')));
  return connections.serverName.push(text('server_name')) - 1;
}
