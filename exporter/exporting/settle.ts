import { OPTION_SWITCHES, type OptionSwitch, type Protocol } from './choices.ts';
import type { ExportingSettings } from './config.ts';
import type { Timestamps } from './flow-fields.ts';
import type { SingleRecord } from './options.ts';
import type { ProfileExporting } from './profile.ts';
import { PROFILES } from './profiles.ts';

/** Every choice made. */
export interface SettledExporting extends Pick<
  ExportingSettings,
  'profile' | 'counterOverflow' | 'observationDomainId' | 'maxDelayMs' | 'dnsNames' | 'maxDnsNames' | 'natEventProfile'
> {
  readonly protocol: Protocol;
  /** As `parseField` reads them. */
  readonly fields: readonly string[];
  readonly timestamps: Timestamps;
  readonly maxMessageLength: number;
  readonly templateRefreshS: number;
  readonly templateRefreshMessages: number;
  readonly applicationIds: boolean;
  readonly options: Readonly<Record<OptionSwitch, boolean>>;
  /** Template IDs of Flow Records. */
  readonly templateIds: { readonly flows: number; readonly ipv6Flows: number };
  /** Options records of the profile, besides those `options` chooses. */
  readonly profileRecords: readonly SingleRecord[];
}

/** What the router says of a flow unless told otherwise. */
const IPFIX_FIELDS = [
  'sourceAddress',
  'destinationAddress',
  'sourceTransportPort',
  'destinationTransportPort',
  'protocolIdentifier',
  'ipClassOfService',
  'tcpControlBits',
  'ingressInterface',
  'egressInterface',
  'octetDeltaCount',
  'packetDeltaCount',
  'flowStart',
  'flowEnd',
  'flowEndReason',
  'postNATSourceIPv4Address',
  'postNATDestinationIPv4Address',
  'postNAPTSourceTransportPort',
  'postNAPTDestinationTransportPort',
  'applicationId',
];

/** The octets RFC 3954 section 8 gives them by default. */
const V9_SIZES: Readonly<Record<string, string>> = {
  octetDeltaCount: 'octetDeltaCount:4',
  packetDeltaCount: 'packetDeltaCount:4',
  tcpControlBits: 'tcpControlBits:1',
};

const FIELDS: Readonly<Record<Protocol, readonly string[]>> = {
  ipfix: IPFIX_FIELDS,
  'netflow-v9': IPFIX_FIELDS.map((name) => V9_SIZES[name] ?? name),
  'netflow-v5': [],
};

const DEFAULTS = {
  maxMessageLength: 1_420,
  templateRefreshS: 600,
  templateRefreshMessages: 0,
  applicationIds: true,
  templateIds: { flows: 256, ipv6Flows: 520 },
};

/** What is written wins over the profile, and the profile over the defaults of the protocol. */
export function settle(settings: ExportingSettings): SettledExporting {
  const profile: ProfileExporting = PROFILES[settings.profile];
  const protocol = settings.protocol ?? profile.protocol ?? 'ipfix';
  const isIpfix = protocol === 'ipfix';
  const timestamps: Timestamps = isIpfix ? 'milliseconds' : 'sys-uptime';
  const chosen = { timestamps, fields: FIELDS[protocol], ...DEFAULTS, ...profile, ...present(settings) };
  const profileRecords = profile.records?.[protocol] ?? [];
  const switches = Object.fromEntries(
    OPTION_SWITCHES.map((name) => [name, settings.options[name] ?? profile.options?.includes(name) ?? false]),
  ) as Record<OptionSwitch, boolean>;
  // Without the instant the device was switched on, nobody can place its uptimes.
  if (isIpfix && chosen.timestamps === 'sys-uptime' && profileRecords.length === 0) {
    switches.systemInitTime = settings.options.systemInitTime ?? true;
  }
  const fixed = protocol === 'netflow-v5' ? ({ timestamps: 'sys-uptime', fields: [] } as const) : {};
  return { ...chosen, protocol, options: switches, profileRecords, ...fixed };
}

/** The keys that have a value; those that may lack one become optional. */
type Present<T> = { [Key in keyof T as undefined extends T[Key] ? never : Key]: T[Key] } & {
  [Key in keyof T as undefined extends T[Key] ? Key : never]?: Exclude<T[Key], undefined>;
};

const present = <T extends object>(settings: T): Present<T> =>
  Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)) as Present<T>;
