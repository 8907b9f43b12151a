import type { CollectingCounters } from '../collecting/counters.ts';
import type { IntakeCounts } from '../counting/collector-counts.ts';
import type { Changing, ExporterRow, Growing } from './exporter-rows.ts';
import type { StoreState } from './readiness.ts';

/** One figure with its labels. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Figures of one name, as Prometheus has them: a counter only grows, a gauge goes both ways. */
export interface MetricFamily {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge';
  readonly labelNames: readonly string[];
  readonly samples: readonly Sample[];
}

/** What the metrics are taken from. */
export interface Measured {
  readonly counters: CollectingCounters;
  readonly rows: readonly ExporterRow[];
  readonly sessions: number;
  readonly intake: IntakeCounts | undefined;
  readonly store: StoreState;
  /** Rows that detection did not look at. */
  readonly unwatchedRows: number;
  readonly isReady: boolean;
}

const MS_PER_S = 1e3;
const PPM = 1e6;
const PREFIX = 'flowlab_collector';

/** Name without prefix and type, and what it is. */
type Described<Name extends string> = Readonly<Record<Name, readonly [name: string, help: string]>>;

type Total = Exclude<keyof CollectingCounters, 'lost' | 'lostMessages'>;

const TOTALS: Described<Total> = {
  messages: ['messages_total', 'Messages, packets and datagrams of exporters taken in, second copies left out.'],
  octetsReceived: ['message_bytes_total', 'Octets of these.'],
  otherDatagrams: ['other_datagrams_total', 'Datagrams of no version of NetFlow, IPFIX or sFlow that is known.'],
  headlessDatagrams: ['headless_datagrams_total', 'Datagrams of a version that is known, without a header that can be read.'],
  dataRecords: ['data_records_total', 'Data Records decoded, options included.'],
  flows: ['flows_total', 'Flow Records decoded.'],
  packets: ['flow_packets_total', 'Packets the Flow Records speak of, as sent.'],
  octets: ['flow_bytes_total', 'Octets the Flow Records speak of, as sent.'],
  natEvents: ['nat_events_total', 'NAT events decoded.'],
  optionsRecords: ['options_records_total', 'Data Records of options decoded.'],
  unknownNatEvents: ['unknown_nat_events_total', 'NAT events of a number the profile does not know.'],
  duplicatedMessages: ['duplicated_messages_total', 'Second copies of Messages: not counted again.'],
  reorderedMessages: ['reordered_messages_total', 'Messages that came after others that were sent later.'],
  malformed: ['malformed_total', 'Faults in Messages, Sets and records; what was sound around them was decoded.'],
  withoutTemplate: ['sets_without_template_total', 'Data Sets that came before their Template.'],
  droppedSets: ['dropped_sets_total', 'Data Sets given up before their Template came.'],
  restarts: ['exporter_restarts_total', 'Exporters that began to count anew.'],
  templates: ['templates_total', 'Template Records taken in, repeats counted.'],
  optionsTemplates: ['options_templates_total', 'Options Template Records, the same.'],
  redefinedTemplates: ['redefined_templates_total', 'Of both, such as gave an ID another meaning than it had.'],
  refusedTemplates: ['refused_templates_total', 'Templates that were not taken.'],
  refusedNames: ['refused_names_total', 'Names from options for which there was no room.'],
  refusedScopes: ['refused_scopes_total', 'Scopes of totals that were too many to be added up; such a total is not told.'],
  withdrawals: ['withdrawals_total', 'Template Withdrawals.'],
  ignoredWithdrawals: ['ignored_withdrawals_total', 'Template Withdrawals over UDP, which are not to be obeyed.'],
  evictedSessions: ['evicted_sessions_total', 'Exporters and domains forgotten for want of room.'],
  droppedFlows: ['dropped_flows_total', 'Flow Records decoded and not stored: the store did not keep up.'],
  notStoredFlows: ['not_stored_flows_total', 'Flow Records decoded and not stored: the store had no room.'],
  notStoredNatEvents: ['not_stored_nat_events_total', 'NAT events decoded and not stored: the store had no room.'],
  droppedNatEvents: ['dropped_nat_events_total', 'NAT events decoded and not stored: the store did not keep up.'],
};

const BY_EXPORTER: Described<Growing> = {
  messages: ['exporter_messages_total', 'As messages_total, of one exporter and domain.'],
  octets: ['exporter_message_bytes_total', 'Octets of these Messages.'],
  dataRecords: ['exporter_data_records_total', 'As data_records_total.'],
  duplicatedMessages: ['exporter_duplicated_messages_total', 'As duplicated_messages_total.'],
  reorderedMessages: ['exporter_reordered_messages_total', 'As reordered_messages_total.'],
  withoutTemplate: ['exporter_sets_without_template_total', 'As sets_without_template_total.'],
  droppedSets: ['exporter_dropped_sets_total', 'As dropped_sets_total.'],
  restarts: ['exporter_sequence_restarts_total', 'Times its sequence numbers began anew.'],
  malformed: ['exporter_malformed_total', 'As malformed_total.'],
  steps: ['exporter_clock_steps_total', 'Times its clock was set, by its Messages.'],
  stalls: ['exporter_clock_stalls_total', 'Of these, times that turned out to be late Messages: the clock was what it had been.'],
  strays: ['exporter_clock_strays_total', 'Single Messages of another time than those around them.'],
  untimed: ['exporter_untimed_records_total', 'Flow Records that tell no time.'],
  wrapped: ['exporter_wrapped_records_total', 'Flow Records about 49.7 days off: an uptime began anew.'],
  negative: ['exporter_negative_records_total', 'Flow Records that began after they ended.'],
  afterExport: ['exporter_after_export_records_total', 'Flow Records that ended after their Message was sent.'],
  stale: ['exporter_stale_records_total', 'Flow Records that ended long before their Message was sent (staleAfterS).'],
  future: ['exporter_future_records_total', 'Flow Records that ended later than they were received (futureToleranceMs).'],
  staleInitTime: ['exporter_stale_init_time_records_total', 'Flow Records whose uptimes count from before its clock was set.'],
};

const NOW_BY_EXPORTER: Described<Changing> = {
  lostRecords: [
    'exporter_lost_records',
    'Records missing now by sequence numbers (IPFIX, v5, v7); late Messages take back from it.',
  ],
  lostMessages: ['exporter_lost_messages', 'Packets missing now by sequence numbers (v9, sFlow); late ones take back from it.'],
  waitingSets: ['exporter_waiting_sets', 'Data Sets that wait for their Template now.'],
  templates: ['exporter_templates', 'Templates known now.'],
  expiredTemplates: ['exporter_expired_templates', 'Templates that were not repeated in time.'],
};

const CLOCK: Described<'offset' | 'bound' | 'drift'> = {
  offset: ['exporter_clock_offset_seconds', "Its clock less the collector's, less the delay on the way; positive is ahead."],
  bound: ['exporter_clock_bound_seconds', 'How far that may be off, either way.'],
  drift: ['exporter_clock_drift_ratio', 'Seconds it gains in a second.'],
};

/** Every metric there is, with what it says now. */
export function metricFamilies({ counters, rows, sessions, intake, store, unwatchedRows, isReady }: Measured): MetricFamily[] {
  const totals = names(TOTALS).map((key) => single(...TOTALS[key], counters[key]));
  const growing = names(BY_EXPORTER).map((key) => byExporter(...BY_EXPORTER[key], rows, (row) => row.growing[key]));
  const changing = names(NOW_BY_EXPORTER).map((key) => byExporter(...NOW_BY_EXPORTER[key], rows, (row) => row.changing[key]));
  return [
    ...totals,
    single('lost_records', 'Records missing now by sequence numbers that count records.', counters.lost),
    single('lost_messages', 'Messages missing now by sequence numbers that count packets (v9, sFlow).', counters.lostMessages),
    single('sessions', 'Exporters and domains kept apart now.', sessions),
    ...(intake === undefined ? [] : intakeFamilies(intake)),
    single('store_storing', '1 while the store stores, 0 while it is full, failed or away.', store.kind === 'storing' ? 1 : 0),
    single('unwatched_rows_total', 'Records and NAT events stored and not looked at: detection did not keep up.', unwatchedRows),
    single('ready', '1 while /readyz says so.', isReady ? 1 : 0),
    ...growing,
    ...changing,
    byExporter(...CLOCK.offset, rows, ({ clock }) => clock && clock.offsetMs / MS_PER_S),
    byExporter(...CLOCK.bound, rows, ({ clock }) => clock && clock.boundMs / MS_PER_S),
    byExporter(...CLOCK.drift, rows, ({ clock }) => clock && clock.driftPpm / PPM),
  ];
}

const intakeFamilies = ({
  datagrams,
  waitingDatagrams,
  refusedDatagrams,
  kernelDrops,
  gotBufferOctets,
}: IntakeCounts): MetricFamily[] => [
  single('datagrams_total', 'Datagrams the sockets took in and that were read, refused ones left out.', datagrams),
  single('waiting_datagrams', 'Datagrams the sockets took in that wait to be read.', waitingDatagrams),
  single('refused_datagrams_total', 'Datagrams from nobody the allow-list has.', refusedDatagrams),
  ...(kernelDrops === undefined
    ? []
    : [
        single(
          'kernel_dropped_datagrams_total',
          'Datagrams the kernel dropped because the receive buffer was full.',
          kernelDrops,
        ),
      ]),
  single('receive_buffer_bytes', 'SO_RCVBUF the kernel gave each socket.', gotBufferOctets),
];

function single(name: string, help: string, value: number): MetricFamily {
  return { name: `${PREFIX}_${name}`, help, type: typeOf(name), labelNames: [], samples: [{ labels: {}, value }] };
}

function byExporter(
  name: string,
  help: string,
  rows: readonly ExporterRow[],
  valueOf: (row: ExporterRow) => number | undefined,
): MetricFamily {
  const samples = rows.flatMap((row) => {
    const value = valueOf(row);
    return value === undefined ? [] : [{ labels: { exporter: row.exporter, domain: row.domain }, value }];
  });
  return { name: `${PREFIX}_${name}`, help, type: typeOf(name), labelNames: ['exporter', 'domain'], samples };
}

/** Prometheus' naming: what only grows ends in _total. */
const typeOf = (name: string): MetricFamily['type'] => (name.endsWith('_total') ? 'counter' : 'gauge');

const names = <Name extends string>(described: Readonly<Record<Name, unknown>>): Name[] => Object.keys(described) as Name[];
