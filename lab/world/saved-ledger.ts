import { readFileSync } from 'node:fs';
import { parseAddress } from '../../core/net/address-book.ts';
import type { IPv4Exporter } from '../../collector/store/flow-store.ts';
import { DOWN, Ledger, NOBODY, UP } from '../verify/ledger.ts';
import { HEADQUARTERS } from '../scenario/site-schema.ts';
import type { ToldSite } from './sites-file.ts';
import type { TrueSite } from './true-site.ts';

/** Columns of ledger.csv that are read again. */
const COLUMNS = [
  'start_ns',
  'direction',
  'device',
  'protocol',
  'inside_address',
  'inside_port',
  'public_address',
  'public_port',
  'server_address',
  'server_port',
  'server_name',
  'interval_ns',
  'packets',
  'octets',
  'activity',
  'label',
  'connection',
  'person',
] as const;
type Column = (typeof COLUMNS)[number];
/** Only a run of several sites has a column for them. */
type PlaceOf = Readonly<Record<Column, number> & { site?: number }>;
/** A text of JSON, or what stands between two commas. */
const FIELD = /(?:^|,)("(?:[^"\\]|\\.)*"|[^,]*)/g;

/**
 * The ledgers of ledger.csv, site by site in their order. `endNs` is when the run ended, `sites` by whom the collector knows them. Throws an Error of
 * one sentence when the file is of another version.
 */
export function savedLedgers(path: string, endNs: number, sites: readonly Pick<ToldSite, 'name' | 'exporter'>[]): TrueSite[] {
  const [header = '', ...lines] = readFileSync(path, 'utf8').trimEnd().split('\n');
  const names = header.split(',');
  const missing = COLUMNS.find((name) => !names.includes(name));
  if (missing !== undefined) throw new Error(`${path} is of another version: it has no column "${missing}"`);
  const placeOf = Object.fromEntries(names.map((name, place) => [name, place])) as PlaceOf;
  const exporters = new Map(sites.map(({ name, exporter }) => [name, exporter]));
  const saved = new Map<string, SavedSite>();
  for (const line of lines) {
    const plain = line.split(',');
    const fields = plain.length === names.length ? plain : Array.from(line.matchAll(FIELD), ([, field = '']) => field);
    const name = placeOf.site === undefined ? HEADQUARTERS : (fields[placeOf.site] ?? '');
    let site = saved.get(name);
    if (site === undefined) saved.set(name, (site = new SavedSite(name, exporters.get(name), endNs)));
    site.add((column) => fields[placeOf[column]] ?? '');
  }
  return [...saved.values()];
}

class SavedSite implements TrueSite {
  readonly name: string;
  readonly exporter: IPv4Exporter | undefined;
  readonly ledger = new Ledger();
  /** Rows of connections and numbers of devices, as they come. */
  readonly #connections = new Map<string, number>();
  readonly #devices = new Map<string, number>();
  readonly #people: string[] = [];
  readonly #kinds = new Map<number, string>();
  readonly #addresses = new Map<string, number>();

  readonly nameOf = (device: number): string | undefined => this.#people[device];
  readonly kindOf = (activity: number): string | undefined => this.#kinds.get(activity);

  constructor(name: string, exporter: IPv4Exporter | undefined, endNs: number) {
    this.name = name;
    this.exporter = exporter;
    this.ledger.endNs = endNs;
  }

  add(text: (column: Column) => string): void {
    const number = (column: Column): number => Number(text(column));
    const { trains } = this.ledger;
    trains.connection.push(this.#connections.get(text('connection')) ?? this.#addConnection(text, number));
    trains.direction.push(text('direction') === 'down' ? DOWN : UP);
    trains.startNs.push(number('start_ns'));
    trains.intervalNs.push(number('interval_ns'));
    trains.packets.push(number('packets'));
    trains.octets.push(number('octets'));
    trains.publicAddress.push(this.#address(text('public_address')));
    trains.publicPort.push(number('public_port'));
    // Where a TCP flow ends is not kept: nobody meters it again.
    trains.endedNs.push(-1);
  }

  #addConnection(text: (column: Column) => string, number: (column: Column) => number): number {
    const { connections } = this.ledger;
    const row = this.#connections.size;
    this.#connections.set(text('connection'), row);
    const activity = text('activity') === '' ? NOBODY : number('activity');
    if (activity !== NOBODY) this.#kinds.set(activity, text('label'));
    connections.device.push(this.#deviceOf(text('device'), text('person')));
    connections.activity.push(activity);
    connections.protocol.push(number('protocol'));
    connections.insideAddress.push(this.#address(text('inside_address')));
    connections.insidePort.push(number('inside_port'));
    connections.serverAddress.push(this.#address(text('server_address')));
    connections.serverPort.push(number('server_port'));
    connections.serverName.push(text('server_name'));
    return row;
  }

  #deviceOf(device: string, person: string): number {
    if (device === '""') return NOBODY;
    const known = this.#devices.get(device);
    if (known !== undefined) return known;
    this.#devices.set(device, this.#people.length);
    return this.#people.push(String(JSON.parse(person === '""' ? device : person))) - 1;
  }

  #address(text: string): number {
    const address = this.#addresses.get(text) ?? parseAddress(text) ?? 0;
    this.#addresses.set(text, address);
    return address;
  }
}
