import { join } from 'node:path';
import type { CapturePoint } from '../core/net/train-packets/packet-writer.ts';
import { NS_PER_MS, unixMs, type TrueNs } from '../core/time/instant.ts';
import type { Settings } from '../runtime/config/apply-set.ts';
import { ConfigError } from '../runtime/config/config-error.ts';
import { nextTimeOfDay } from '../exporter/office/schedule.ts';
import { DuckDbStore } from '../collector/store/duckdb-store.ts';
import { findingsOf } from './findings.ts';
import { judgedSites, type JudgedSite } from './findings/damage.ts';
import { illustrationsOf } from './findings/illustrations.ts';
import type { Illustrations } from './report/page/illustrations.ts';
import type { Findings, Report } from './report/report.ts';
import { discard, exportFile, prepare, siteFile, writeRunFiles } from './run-files.ts';
import { judgeCheck } from './scenario/checks.ts';
import { openScenario } from './scenario/load.ts';
import { parseDuration } from './scenario/duration.ts';
import { repeatCommand } from './scenario/repeat-command.ts';
import type { Scenario, ScenarioInput } from './scenario/schema.ts';
import { Capture } from './world/capture.ts';
import type { ClientPacket } from './world/ntp-tap.ts';
import { paceOf } from './world/pace.ts';
import { Tempo } from './world/tempo.ts';
import { PacketFile } from './world/packet-file.ts';
import { World, type Monitor, type Recordings } from './world/world.ts';
import { VERSION } from './version.ts';

/** How far a run has come. */
export interface Progress {
  readonly simulatedMs: number;
  readonly durationMs: number;
  /** By headquarters' router's wall clock: 14:03:07. */
  readonly timeOfDay: string;
  /** Flow Records collected so far. */
  readonly records: number;
  /** True error of that clock. */
  readonly clockErrorMs: number;
  readonly variant: string | undefined;
}

/** Whoever looks on while a scenario runs, and goes on asking the store when it is over. */
export interface Onlooker {
  /** Taken instead of `speed`. */
  readonly tempo: Tempo;
  /** A run begins; from now on it is the onlooker who closes the store. */
  begin(run: LookedAt): void;
  /** What was collected so far is stored. Called between two events, now and then. */
  stored(now: TrueNs): void;
  /** A Message has reached the collector. */
  arrived(source: string, receivedAtUs: number, payload: Uint8Array): void;
  /** A Message of a further export, which is for no collector, has left the router. */
  exported(monitor: Monitor, now: TrueNs, sourceAddress: number, payload: Uint8Array): void;
  /** An NTP packet has left its client, or reached it. */
  ntpPacket(packet: ClientPacket): void;
  /** The run is over, and the true times of what is stored are known, headquarters' first. */
  judged(sites: readonly JudgedSite[]): void;
}

/** A run as an onlooker sees it. */
export interface LookedAt {
  readonly name: string;
  readonly variant: string | undefined;
  readonly scenario: Scenario;
  readonly world: World;
  readonly store: DuckDbStore;
}

export interface RunOptions {
  /** The name of a file in `scenarios/`, the path of a .yaml file, or the scenario itself. */
  readonly scenario: string | ScenarioInput;
  readonly seed?: number;
  /** `max` unless told; `real`, or virtual seconds for each real one. */
  readonly speed?: 'max' | 'real' | number;
  /** 90s, 30m, 10h: instead of the scenario's own. */
  readonly duration?: string;
  /** Keys of the scenario to change, as `a.b=c` texts or by path. */
  readonly set?: Settings;
  /** Directory for what a run leaves: what was exported, the store, and the truth in tables (README). Nothing is written without it. */
  readonly out?: string;
  /** A capture file for the office's packets, of the last variant when there are several. */
  readonly packets?: string;
  /** Which side of the router they are captured on; `lan` unless told. */
  readonly packetsAt?: CapturePoint;
  readonly onlooker?: Onlooker;
  readonly onProgress?: (progress: Progress) => void;
  /** Given what report.html shows beside the report, of each variant in turn; it takes a while, so it is made for who wants it. */
  readonly onIllustrations?: (illustrations: Illustrations) => void;
  /** Ends the run early: `runScenario` then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * Runs a scenario from its first packet to the verdict. Rejects with a `ConfigError` when the scenario is not valid.
 * The same scenario and seed give the same report, byte for byte.
 */
export async function runScenario(options: RunOptions): Promise<Report> {
  const source = openScenario(options.scenario);
  const own: Settings[] = [
    options.seed === undefined ? {} : { seed: options.seed },
    options.duration === undefined ? {} : { duration: options.duration },
    options.set ?? {},
  ];
  const scenario = source.read(...own);
  // All variants are read before the first runs: a mistake in the last should not cost the time of the others.
  const variants = scenario.variants.map((variant, index) => ({
    name: variant.name,
    scenario: source.readVariant(variant, index, ...own),
  }));
  const { out, packets } = options;
  const runs: { scenario: Scenario; names: RunNames }[] = variants.map((variant, index) => {
    const isLast = index === variants.length - 1;
    const names = { name: source.name, variant: variant.name };
    const where = isLast ? { out, packets } : { out: out && join(out, variant.name), packets: undefined };
    return { scenario: variant.scenario, names: { ...names, ...where } };
  });
  if (runs.length === 0) runs.push({ scenario, names: { name: source.name, variant: undefined, out, packets } });
  const found = await runAll(runs, options);
  const last = found.at(-1) as Findings;
  const results = variants.map(({ name }, index) => ({ name, findings: found[index] as Findings }));
  const epoch = { unixMs: Date.parse(scenario.start) };
  const durationNs = parseDuration(scenario.duration) * NS_PER_MS;
  const checks = scenario.checks.map((check, index) => {
    const findings = results.find(({ name }) => name === check.variant)?.findings ?? last;
    const isTooEarly = check.from !== undefined && nextTimeOfDay(epoch, check.from) > durationNs;
    return judgeCheck(check, findings, source.locate(['checks', index]), isTooEarly);
  });
  return {
    schemaVersion: 1,
    version: VERSION,
    scenario: source.name,
    title: scenario.title,
    description: scenario.description.trim(),
    command: repeatCommand(options, scenario.seed),
    seed: scenario.seed,
    start: scenario.start,
    simulatedS: parseDuration(scenario.duration) / 1_000,
    verdict: checks.every(({ passed }) => passed) ? 'pass' : 'fail',
    ...last,
    checks,
    variants: results.map(({ name, findings }) => ({ name, ...findings })),
  };
}

/** What a run is called, and where it leaves what. */
interface RunNames {
  readonly name: string;
  readonly variant: string | undefined;
  readonly out: string | undefined;
  readonly packets: string | undefined;
}

/** One after the other. A run that is ended early leaves nothing that looks like a result, nor do those before it. */
async function runAll(runs: readonly { scenario: Scenario; names: RunNames }[], options: RunOptions): Promise<Findings[]> {
  const directories = runs.flatMap(({ names: { out } }) => out ?? []);
  for (const directory of directories) prepare(directory);
  try {
    const found: Findings[] = [];
    for (const { scenario, names } of runs) found.push(await runOnce(scenario, options, names));
    return found;
  } catch (error) {
    if (options.signal?.aborted === true) for (const directory of directories) discard(directory);
    throw error;
  }
}

async function runOnce(scenario: Scenario, options: RunOptions, { name, variant, out, packets }: RunNames): Promise<Findings> {
  const { onlooker } = options;
  const durationMs = parseDuration(scenario.duration);
  const store = await DuckDbStore.open(out === undefined ? ':memory:' : join(out, 'flows.duckdb'));
  let isLookedAt = false;
  const files: { close(): void }[] = [];
  const opened = <File extends { close(): void }>(file: File): File => {
    files.push(file);
    return file;
  };
  try {
    const recordings = recordingsOf(options, { out, packets }, opened);
    const world = build(scenario, durationMs, store, recordings);
    const speed = options.speed === 'real' ? 1 : (options.speed ?? 'max');
    const report = async (now: TrueNs): Promise<void> => {
      options.onProgress?.(progressOf(world, now, durationMs, variant));
      if (onlooker === undefined) return;
      await world.storeCollected();
      onlooker.stored(now);
    };
    onlooker?.begin({ name, variant, scenario, world, store });
    isLookedAt = onlooker !== undefined;
    await world.run(paceOf(onlooker?.tempo ?? new Tempo(speed), options.signal, report));
    await report(world.end);
    const judged = await judgedSites(world.sites, store);
    onlooker?.judged(judged);
    const findings = await findingsOf(world, scenario, store, judged);
    options.onIllustrations?.(await illustrationsOf(world, store, findings, variant));
    if (out !== undefined) await writeRunFiles(out, world, judged, store);
    // Also while it was judged.
    options.signal?.throwIfAborted();
    return findings;
  } finally {
    for (const file of files) file.close();
    if (!isLookedAt) store.close();
  }
}

/** Where the Messages and packets of a run are written or shown. */
function recordingsOf(
  { onlooker, packetsAt = 'lan' }: RunOptions,
  { out, packets }: Pick<RunNames, 'out' | 'packets'>,
  opened: <File extends { close(): void }>(file: File) => File,
): Recordings {
  return {
    ...(onlooker === undefined ? {} : { arrived: (...message) => onlooker.arrived(...message) }),
    ntp: (epoch) => {
      const capture = out === undefined ? undefined : opened(new Capture(join(out, 'ntp.pcap'), epoch));
      return (packet) => {
        capture?.ntpPacket(packet);
        onlooker?.ntpPacket(packet);
      };
    },
    capture: (epoch, monitor) => {
      const file = out === undefined ? undefined : opened(new Capture(join(out, exportFile(monitor)), epoch));
      if (monitor === undefined || onlooker === undefined) return file;
      return {
        message(...message) {
          file?.message(...message);
          onlooker.exported(monitor, ...message);
        },
      };
    },
    packets: (epoch, { name, router }) => {
      if (packets === undefined) return undefined;
      const isBleached = router.wanMarking === 'bleach';
      return opened(new PacketFile(siteFile(packets, name), epoch, packetsAt, isBleached));
    },
  };
}

/** The office throws a RangeError when its people, devices and network contradict each other: the scenario's mistake. */
function build(...parts: ConstructorParameters<typeof World>): World {
  try {
    return new World(...parts);
  } catch (error) {
    if (error instanceof RangeError) throw new ConfigError([error.message]);
    throw error;
  }
}

function progressOf(world: World, now: TrueNs, durationMs: number, variant: string | undefined): Progress {
  const { clock } = world.headquarters.routerClock;
  return {
    simulatedMs: now / NS_PER_MS,
    durationMs,
    timeOfDay: new Date(unixMs(world.epoch, clock.read(now))).toISOString().slice(11, 19),
    records: world.collecting.counters.flows,
    clockErrorMs: clock.errorNs(now) / NS_PER_MS,
    variant,
  };
}
