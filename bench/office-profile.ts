import { formatIPv4 } from '../core/net/address.ts';
import { trainEnd, type PacketTrain } from '../core/net/packet-train.ts';
import { Random } from '../core/random/random.ts';
import { NS_PER_MS, trueNs } from '../core/time/instant.ts';
import { serviceAt } from '../exporter/office/internet/catalogue.ts';
import { Office } from '../exporter/office/office.ts';
import { openScenario } from '../lab/scenario/load.ts';
import { parseDuration } from '../lab/scenario/duration.ts';

/**
 * What every application of a scenario's office sends in a day, as a table:
 * `node --import tsx bench/office-profile.ts [scenario] [duration] [seed]`, office-50 for 24h with its own seed by default.
 */
const [name = 'office-50', duration = '24h', seed] = process.argv.slice(2);

/** One connection, or one side of it that the meter sees: both directions are two flows. */
interface Seen {
  readonly application: string;
  readonly startNs: number;
  endNs: number;
  upOctets: number;
  downOctets: number;
  readonly device: number;
}

const scenario = openScenario(name).read();
const office = new Office({
  office: scenario.office,
  people: scenario.people,
  random: new Random(seed === undefined ? scenario.seed : Number(seed)).fork('office'),
  epoch: { unixMs: Date.parse(scenario.start) },
  duration: trueNs(parseDuration(duration) * NS_PER_MS),
});

const connections = new Map<number, Seen>();
const perHour = Array.from({ length: 24 }, () => 0);
const startHour = new Date(scenario.start).getUTCHours();
let trains = 0;

function see(train: PacketTrain): void {
  const { connection, startNs, octets, direction } = train;
  const { serverAddress, serverPort } = connection;
  let seen = connections.get(connection.id);
  if (seen === undefined) {
    const application = serviceAt(serverAddress, serverPort)?.application ?? formatIPv4(serverAddress);
    seen = { application, startNs, endNs: startNs, upOctets: 0, downOctets: 0, device: connection.device };
    connections.set(connection.id, seen);
  }
  seen.endNs = Math.max(seen.endNs, trainEnd(train));
  if (direction === 'up') seen.upOctets += octets;
  else seen.downOctets += octets;
  const hour = (startHour + Math.floor(startNs / 3.6e12)) % 24;
  perHour[hour] = (perHour[hour] ?? 0) + octets;
  trains++;
}

for (let next = office.nextTimeout(); next !== undefined; next = office.nextTimeout()) {
  office.handleTimeout(next);
  for (let train = office.poll(); train !== undefined; train = office.poll()) see(train);
}

const megabytes = (octets: number): string => (octets / 1e6).toFixed(octets < 10e6 ? 2 : 0);
const quantile = (values: readonly number[], part: number): number => values[Math.floor((values.length - 1) * part)] ?? 0;
const rows = new Map<string, Seen[]>();
for (const seen of connections.values()) {
  const row = rows.get(seen.application);
  if (row === undefined) rows.set(seen.application, [seen]);
  else row.push(seen);
}

console.log(`${scenario.title}: ${office.devices.length} devices, ${duration}, ${trains} packet trains\n`);
console.log('| application | devices | connections | up MB | down MB | median s | longest s | median kB | largest MB |');
console.log('| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |');
const octetsOf = ({ upOctets, downOctets }: Seen): number => upOctets + downOctets;
const sum = (seen: readonly Seen[], of: (each: Seen) => number): number => seen.reduce((total, each) => total + of(each), 0);
for (const [application, seen] of [...rows].sort(([, a], [, b]) => sum(b, octetsOf) - sum(a, octetsOf))) {
  const seconds = seen.map(({ startNs, endNs }) => (endNs - startNs) / 1e9).sort((a, b) => a - b);
  const sizes = seen.map(octetsOf).sort((a, b) => a - b);
  const cells = [
    application,
    new Set(seen.map(({ device }) => device)).size,
    seen.length,
    megabytes(sum(seen, ({ upOctets }) => upOctets)),
    megabytes(sum(seen, ({ downOctets }) => downOctets)),
    quantile(seconds, 0.5).toFixed(1),
    quantile(seconds, 1).toFixed(0),
    (quantile(sizes, 0.5) / 1e3).toFixed(1),
    megabytes(quantile(sizes, 1)),
  ];
  console.log(`| ${cells.join(' | ')} |`);
}
const all = [...connections.values()];
console.log(`\n${all.length} connections, ${(sum(all, octetsOf) / 1e9).toFixed(1)} GB through the router`);
console.log(`on the office's own network: ${office.lan.trains} trains, ${(office.lan.octets / 1e9).toFixed(1)} GB`);
console.log(`\nGB by hour (UTC): ${perHour.map((octets, hour) => `${hour}:${(octets / 1e9).toFixed(2)}`).join(' ')}`);
