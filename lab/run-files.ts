import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join, parse } from 'node:path';
import type { FlowStore } from '../collector/store/flow-store.ts';
import type { judgedSites } from './findings/damage.ts';
import { writeTimes } from './findings/times-file.ts';
import { writeEvents } from './findings/true-events.ts';
import { HEADQUARTERS } from './scenario/site-schema.ts';
import { writeWay } from './view/write-way.ts';
import { writeClocks } from './world/clock-files.ts';
import { writeLeases } from './world/lease-file.ts';
import { writeLedger } from './world/ledger-file.ts';
import { writeSites } from './world/sites-file.ts';
import type { World } from './world/world.ts';

const RESULT_FILE =
  /^(export(-[a-z0-9.-]+)?\.pcap|ntp\.pcap|flows\.duckdb(\.wal)?|(ledger|times|clocks|exchanges|messages|lost)\.csv|(events|pipeline|sites)\.json|report\.(json|xml|html)|leases(-[a-z0-9-]+)?\.yaml)$/;

/** Makes the directory of a run, or empties it of an earlier one's files: they would be added to, or taken for this one's. */
export function prepare(out: string): void {
  mkdirSync(out, { recursive: true });
  discard(out);
}

/** Takes away what a run has left. */
export function discard(out: string): void {
  for (const file of readdirSync(out)) if (RESULT_FILE.test(file)) rmSync(join(out, file), { force: true });
}

/** Further exports have names of their own, those of further sites with the site's before them: no name has a dot. */
export function exportFile(monitor: { site: string; name: string } | undefined): string {
  if (monitor === undefined) return 'export.pcap';
  return `export-${monitor.site === HEADQUARTERS ? '' : `${monitor.site}.`}${monitor.name}.pcap`;
}

/** `office.pcap` or `leases.yaml` is headquarters'; that of another site is `office-berlin.pcap`. */
export function siteFile(path: string, site: string): string {
  const { dir, name, ext } = parse(path);
  return site === HEADQUARTERS ? path : join(dir, `${name}-${site}${ext}`);
}

/** Writes the truth about a run that is over, beside what was captured of it. */
export async function writeRunFiles(
  out: string,
  world: World,
  judged: Awaited<ReturnType<typeof judgedSites>>,
  store: FlowStore,
): Promise<void> {
  writeSites(
    join(out, 'sites.json'),
    world.sites.map(({ config }) => config),
  );
  writeLedger(join(out, 'ledger.csv'), world.sites);
  writeEvents(join(out, 'events.json'), new Map(judged.map(({ router, events }) => [router.device.name, events])));
  for (const site of world.sites)
    if (site.config.office.dhcp !== undefined) writeLeases(join(out, siteFile('leases.yaml', site.config.name)), site);
  writeTimes(join(out, 'times.csv'), judged);
  await writeWay(out, world, store);
  writeClocks({ clocks: join(out, 'clocks.csv'), exchanges: join(out, 'exchanges.csv') }, world.clocks, world.end);
}
