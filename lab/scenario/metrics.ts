import type { DifferenceKind } from '../verify/difference.ts';
import type { ServerSelection } from '../report/clocks-schema.ts';
import type { Findings } from '../report/report.ts';

const differences = (kind: DifferenceKind) => (findings: Findings) => findings.differenceCounts[kind];
const unusual = (kind: Findings['unusual'][number]['kind']) => (findings: Findings) =>
  findings.unusual.filter((each) => each.kind === kind).length;
const largest = ({ clocks, sites }: Findings, of: (clocks: Findings['clocks']) => number): number =>
  Math.max(...(sites ?? [{ clocks }]).map((site) => of(site.clocks)));
/** Every clock an SNTP client keeps, by what the client made of its servers; those that ask one server alone are left out. */
const selections = ({ clocks, sites }: Findings): ServerSelection[] =>
  [clocks.collector, ...(sites ?? [{ clocks }]).map((site) => site.clocks.router)].flatMap(({ selection }) => selection ?? []);
const falsetickers = ({ servers }: ServerSelection): number => servers.filter(({ falsetickerS }) => falsetickerS > 0).length;
const selected = ({ servers }: ServerSelection): number => servers.filter((server) => server.selected).length;
/** NaN where no clock asks several servers. */
const least = (values: readonly number[]): number => (values.length === 0 ? Number.NaN : Math.min(...values));
const most = (values: readonly number[]): number => (values.length === 0 ? Number.NaN : Math.max(...values));
/** Of several sites, how far all are off together: what one has too many must not make up for what another lacks. */
const offTogether = (findings: Findings, of: (lost: Findings['lost']) => number): number =>
  findings.sites === undefined ? of(findings.lost) : findings.sites.reduce((sum, { lost }) => sum + Math.abs(of(lost)), 0);
const octetsError = (rows: readonly { octets: number; trueOctets: number }[]): number =>
  rows.reduce((sum, { octets, trueOctets }) => sum + Math.abs(octets - trueOctets), 0);

/** A probe of each site that has one. */
const probes = ({ probe, sites = [] }: Findings): NonNullable<Findings['probe']>[] =>
  [probe, ...sites.map((site) => site.probe)].filter((each) => each !== undefined);
/** Added up over probes. Without one there is nothing to measure, which no limit holds: NaN. */
const ofProbes = (findings: Findings, of: (probe: NonNullable<Findings['probe']>) => number): number =>
  probes(findings).length === 0 ? Number.NaN : probes(findings).reduce((sum, probe) => sum + of(probe), 0);

/** Metrics of what wrong times do: a check can ask them of another telling than that which is stored. */
const DAMAGE_METRICS = {
  /** The largest error of a start or end that is told. */
  maxTimeErrorMs: ({ damage }) => damage.asItWas.maxErrorMs,
  maxDurationErrorMs: ({ damage }) => damage.asItWas.maxDurationErrorMs,
  wrongBucketOctets: ({ damage }) => damage.asItWas.wrongBucketOctets,
  wrongHourOctets: ({ damage }) => damage.asItWas.wrongHourOctets,
  futureFlows: ({ damage }) => damage.asItWas.futureFlows,
  negativeDurations: ({ damage }) => damage.asItWas.negativeDurations,
  zeroDurations: ({ damage }) => damage.asItWas.zeroDurations,
  inversions: ({ damage }) => damage.asItWas.inversions,
  /** Questions that one of router and probe tells after the other tells their answers. */
  inversionsAcross: (findings) => ofProbes(findings, ({ inversions }) => inversions.asItWas),
  misattributedOctets: ({ damage }) => damage.asItWas.misattributedOctets,
  deletedEarlyOctets: ({ damage }) => damage.asItWas.deletedEarlyOctets,
  keptLateOctets: ({ damage }) => damage.asItWas.keptLateOctets,
  alerts: ({ damage }) => damage.asItWas.alerts,
  alertsMissed: ({ damage }) => damage.asItWas.alertsMissed,
  alertsDoubled: ({ damage }) => damage.asItWas.alertsDoubled,
  alertsFalse: ({ damage }) => damage.asItWas.alertsFalse,
} as const satisfies Record<string, (findings: Findings) => number>;

export const isDamageMetric = (metric: string): boolean => Object.hasOwn(DAMAGE_METRICS, metric);

/** What a scenario's checks can look at: a name and how it is read from what a run found. */
export const METRICS = {
  exportedRecords: ({ exported }) => exported.records,
  collectedRecords: ({ collected }) => collected.records,
  collectedOctets: ({ collected }) => collected.octets,
  /** Of a hundred octets collected. */
  ipv6OctetsPercent: ({ collected: { octets }, ipv6Octets }) => (octets === 0 ? 0 : (100 * ipv6Octets) / octets),
  /** Data Records the collector says it lost. */
  lostRecords: ({ lost }) => lost.records,
  lostMessages: ({ lost }) => lost.trueMessages,
  /** What the collector says it lost, minus what was lost before the last Message that arrived. */
  lossError: (findings) => offTogether(findings, (lost) => lost.records + lost.trailingRecords - lost.trueRecords),
  /** Data Records exported that were neither collected nor counted as lost. */
  unaccountedRecords: (findings) => offTogether(findings, (lost) => lost.unaccountedRecords),
  differences: ({ differenceCounts }) => Object.values(differenceCounts).reduce((sum, count) => sum + count, 0),
  missing: differences('MISSING'),
  unexpected: differences('UNEXPECTED'),
  duplicated: differences('DUPLICATED'),
  scaled: differences('SCALED'),
  split: differences('SPLIT'),
  shifted: differences('SHIFTED'),
  misattributed: differences('MISATTRIBUTED'),
  /** Octets by which the people's totals are off, added up. */
  peopleOctetsError: ({ people }) => octetsError(people),
  categoriesOctetsError: ({ categories }) => octetsError(categories),
  /** How often the collector was asked who had used a public endpoint; without NAT events all those questions stay open. */
  attributionAsked: ({ attribution }) => attribution.asked,
  attributionWrongFromFlows: ({ attribution }) => attribution.fromFlows.wrong,
  attributionUnansweredFromFlows: ({ attribution }) => attribution.fromFlows.unanswered,
  attributionWrongFromEvents: ({ attribution }) => attribution.fromEvents?.wrong ?? 0,
  attributionUnansweredFromEvents: ({ attribution }) => attribution.fromEvents?.unanswered ?? attribution.asked,
  /** Of devices that see the same outside the router; in no other metric. */
  probeRecords: (findings) => ofProbes(findings, ({ collected }) => collected.records),
  probeOctets: (findings) => ofProbes(findings, ({ collected }) => collected.octets),
  probeConversations: (findings) => ofProbes(findings, ({ conversations }) => conversations),
  probeDifferences: (findings) =>
    ofProbes(findings, ({ differenceCounts }) => Object.values(differenceCounts).reduce((sum, count) => sum + count, 0)),
  probeClockErrorMs: (findings) => most(probes(findings).map(({ clock }) => Math.abs(clock.trueErrorAfterMs))),
  /** Activities, as the collector names them, held against the ledger. */
  activitiesFound: ({ activities }) => activities.found,
  activitiesWrong: ({ activities }) => activities.wrong,
  activitiesMissed: ({ activities }) => activities.missed,
  scriptedActivitiesMissed: ({ activities: { scripted } }) => scripted.truth - scripted.found,
  /** Of beginnings and ends of those found, on average. */
  activityTimeErrorMs: ({ activities }) => activities.meanErrorMs,
  people: ({ people }) => people.length,
  unusual: (findings) => findings.unusual.length,
  portScans: unusual('port-scan'),
  hostScans: unusual('host-scan'),
  beacons: unusual('beacon'),
  dnsTunnels: unusual('dns-tunnel'),
  exfiltrations: unusual('exfiltration'),
  miners: unusual('mining'),
  unusualVolumes: unusual('unusual-volume'),
  inboundScans: unusual('inbound-scan'),
  bruteForces: unusual('brute-force'),
  synFloods: unusual('syn-flood'),
  portExhaustions: unusual('port-exhaustion'),
  fileSharings: unusual('file-sharing'),
  unknownDevices: unusual('unknown-device'),
  forbiddenServices: unusual('forbidden-service'),
  /** True errors in milliseconds, without sign; of several routers, the largest. */
  routerClockErrorMs: (findings) => largest(findings, ({ router }) => Math.abs(router.trueErrorAfterMs)),
  routerClockMaxErrorMs: (findings) => largest(findings, ({ router }) => router.maxTrueErrorAfterSyncMs),
  collectorClockErrorMs: ({ clocks }) => Math.abs(clocks.collector.trueErrorAfterMs),
  collectorClockMaxErrorMs: ({ clocks }) => clocks.collector.maxTrueErrorAfterSyncMs,
  /** Servers of several that a client took for wrong at any time; of several clients, the most. */
  falsetickers: (findings) => most(selections(findings).map(falsetickers)),
  /** Servers of several that a client followed at the end; of several clients, the least. */
  selectedServers: (findings) => least(selections(findings).map(selected)),
  /** Seconds for which a client found no majority among several servers; of several clients, the most. */
  withoutMajorityS: (findings) => most(selections(findings).map(({ withoutMajorityS }) => withoutMajorityS)),
  /** Milliseconds the router, of several headquarters', is fast as the collector sees it, with sign. */
  estimatedSkewMs: ({ clocks }) => clocks.estimatedSkewMs ?? 0,
  ...DAMAGE_METRICS,
} as const satisfies Record<string, (findings: Findings) => number>;
