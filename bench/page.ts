import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { collectorSchema } from '../collector/config.ts';
import { ApiServer } from '../collector/io/api-server.ts';
import { viewTopics } from '../collector/io/page/view-topics.ts';
import { SpooledStore } from '../collector/store/spooled-store.ts';
import { BEGIN_MS, inventoryOf, makeOffice, newFlows, type Office } from './page-flows.ts';

/**
 * How long the page's views take over a store of 10 M flows: `node --import tsx bench/page.ts [flows] [directory] [view]`, where the directory keeps the
 * stores for the next time and only views whose names have the word are asked. Views are asked one after another over HTTP, by the parameters the page
 * sends: all of them once, then again and again, each time after new flows have come. What a machine has else to do is in the times of the clock and not in
 * those of the processor.
 */
const OFFICES: Readonly<Record<string, Omit<Office, 'flows'>>> = {
  week: { people: 50, days: 7 },
  day: { people: 5_000, days: 1 },
};
const ROUNDS = Number(process.env['ROUNDS'] ?? 20);
const NEW_FLOWS = 200;
const ZONE = 'Europe/Berlin';
const DAY_MS = 86_400_000;
const GROUPINGS = ['person', 'category', 'app', 'server', 'device', 'server name', 'port', 'protocol', 'address', 'nat address', 'version', 'exporter']; // prettier-ignore

/** Paths by name; `midMs` is an instant somewhere in the middle. */
const viewsOf = (midMs: number): Readonly<Record<string, string>> => {
  const view = (topic: string, parameters: Readonly<Record<string, string>> = {}): string =>
    `/api/view/${topic}?${new URLSearchParams({ zone: ZONE, ...parameters }).toString()}`;
  const explore = (parameters: Readonly<Record<string, string>>): string =>
    view('explore', { where: '', measure: 'rate', by: 'person', ...parameters });
  return {
    overview: view('overview'),
    'overview by receipt': view('overview', { basis: 'receive' }),
    'overview as known': view('overview', { at: String(midMs) }),
    'overview of hours': view('overview', { from: String(midMs), to: String(midMs + DAY_MS / 8) }),
    'person who used most': view('person', { id: 'person 1' }),
    'person who used less': view('person', { id: 'person 40' }),
    'person by receipt': view('person', { id: 'person 20', basis: 'receive' }),
    ...Object.fromEntries(GROUPINGS.map((by) => [`explore by ${by}`, explore({ by })])),
    'explore flows': explore({ measure: 'flows' }),
    'explore ribbon': explore({ by: 'person,category', groups: '48' }),
    'explore filter': explore({ where: 'category = streaming', by: 'person,app' }),
    'explore quarters': explore({ every: '15m', by: 'category' }),
    nat: view('nat'),
    'nat at noon': view('nat', { to: String(midMs) }),
    'people who are sought': view('people', { find: 'person 4' }),
    records: view('records'),
  };
};

const scratch = mkdtempSync(join(tmpdir(), 'flowlab-page-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
const flows = Number(process.argv[2] ?? 10_000_000);
const directory = process.argv[3] ?? scratch;

interface Spent {
  readonly ms: number;
  readonly processorMs: number;
  readonly octets: number;
}

async function measure(name: string, office: Office): Promise<void> {
  const kept = join(directory, `${name}.duckdb`);
  if (!existsSync(kept)) await makeOffice(kept, office);
  // What is asked gets new flows.
  const path = join(scratch, `asked-${name}.duckdb`);
  if (kept !== path) copyFileSync(kept, path);
  const config = collectorSchema.parse({ api: { listen: '127.0.0.1:0' } });
  // Without retention: the hours of these flows are long over, so it would add up new ones at once, which it does once an hour of those that come now.
  const store = await SpooledStore.open(path, config.spool, { limits: config.duckdb });
  const inventory = inventoryOf(office);
  let revision = 0;
  const endMs = BEGIN_MS + office.days * DAY_MS;
  const topics = viewTopics({
    store,
    context: () => ({ inside: config.inside, inventory, applications: [], names: new Map() }),
    nowMs: () => endMs,
    revision: () => revision,
  });
  const server = await ApiServer.open(config.api, {
    views: { topics },
    reasonsNotReady: () => [],
    answerQuery: undefined,
    onFault: (error) => console.error(error),
  });
  const wanted = Object.entries(viewsOf(BEGIN_MS + Math.min(office.days, 3) * 0.5 * DAY_MS)).filter(([view]) => view.includes(process.argv[4] ?? '')); // prettier-ignore
  const spent = new Map<string, Spent[]>(wanted.map(([view]) => [view, []]));
  for (let round = 0; round <= ROUNDS; round++) {
    if (round > 0) await store.append(newFlows(NEW_FLOWS, endMs - DAY_MS / 3 + round * 1_000));
    revision++;
    for (const [view, url] of wanted) spent.get(view)?.push(await ask(`http://${server.endpoint}${url}`));
  }
  console.log(`${name}: ${office.people} people, ${office.flows} flows; ms by the clock, and of the processor; kB of JSON`);
  for (const [view, times] of spent) console.log(lineOf(view, times));
  const all = [...spent.values()];
  console.log(lineOf('all', [worst(all.map(([first]) => first as Spent)), ...all.flatMap(([, ...later]) => later)]));
  await server.close();
  await store.close();
}

async function ask(url: string): Promise<Spent> {
  const [startedAt, before] = [performance.now(), process.cpuUsage()];
  const answer = await fetch(url);
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${url}: ${text}`);
  const { user, system } = process.cpuUsage(before);
  return { ms: performance.now() - startedAt, processorMs: (user + system) / 1_000, octets: text.length };
}

const worst = (all: readonly Spent[]): Spent => all.reduce((most, one) => (one.ms > most.ms ? one : most));

/** The smallest that so many of the values do not exceed. */
const percentile = (values: readonly number[], part: number): number =>
  values.toSorted((one, other) => one - other)[Math.ceil(part * values.length) - 1] ?? NaN;

function lineOf(view: string, [first, ...later]: readonly Spent[]): string {
  const figures = (of: (spent: Spent) => number): string =>
    [first === undefined ? NaN : of(first), ...[0.5, 0.95, 1].map((part) => percentile(later.map(of), part))]
      .map((value) => value.toFixed(0).padStart(6))
      .join('');
  const kB = ((first?.octets ?? 0) / 1e3).toFixed(0);
  return `${view.padEnd(24)} first, p50, p95, max ${figures(({ ms }) => ms)}   ${figures(({ processorMs }) => processorMs)}   ${kB.padStart(6)}`;
}

for (const [name, office] of Object.entries(OFFICES)) await measure(name, { ...office, flows });
