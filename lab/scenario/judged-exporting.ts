import type { MonitorConfig } from '../../exporter/config.ts';

/** Elements the judge compares record by record; an export without them cannot be judged. */
const JUDGED_FIELDS = [
  'sourceAddress',
  'destinationAddress',
  'sourceTransportPort',
  'destinationTransportPort',
  'protocolIdentifier',
  'octetDeltaCount',
  'packetDeltaCount',
  'flowStart',
  'flowEnd',
  'flowEndReason',
  'postNATSourceIPv4Address',
  'postNATDestinationIPv4Address',
  'postNAPTSourceTransportPort',
  'postNAPTDestinationTransportPort',
];
/** What tells of the other direction in the same record. */
const BIFLOW_FIELD = /^(reverse|biflow)/;
/** The units in which a start is known well enough. */
const JUDGED_TIMESTAMPS: readonly string[] = ['milliseconds', 'microseconds', 'nanoseconds'];

const INSTEAD = 'export it by router.monitors instead';

interface Obstacle {
  /** Inside `router.exporting`. */
  readonly key: 'profile' | 'protocol' | 'fields' | 'timestamps';
  readonly message: string;
}

/**
 * Why the collector or the judge could not make anything of the router's own export, or `undefined`. Further exports may be as
 * they like: they go to files.
 */
export function obstacleOf({ exporting }: MonitorConfig): Obstacle | undefined {
  const { profile, protocol, fields, timestamps } = exporting;
  const at = (key: Obstacle['key'], what: string): Obstacle =>
    profile === 'flowlab' ? { key, message: what } : { key: 'profile', message: `is not for the judged export, which ${what}` };
  if (protocol !== 'ipfix') return at('protocol', `must be ipfix, the only one the collector reads; ${INSTEAD}`);
  if (!JUDGED_TIMESTAMPS.includes(timestamps)) {
    return at('timestamps', `must be ${JUDGED_TIMESTAMPS.join(' or ')} for the judge to place records; ${INSTEAD}`);
  }
  const names = fields.map((field) => field.replace(/:\d$/, ''));
  const missing = JUDGED_FIELDS.find((name) => !names.includes(name));
  if (missing !== undefined) return at('fields', `must have ${missing}, which the judge compares; ${INSTEAD}`);
  const biflow = names.find((name) => BIFLOW_FIELD.test(name));
  if (biflow !== undefined) return at('fields', `must not have ${biflow}: the collector stores one direction; ${INSTEAD}`);
  return undefined;
}
