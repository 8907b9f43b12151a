import type { NatEvent, NatQuotaEvent, NatThresholdEvent } from '../../core/net/nat-event.ts';

/** What an event is about: its kind, for quotas and thresholds which one. */
export type NatEventSubject =
  | Exclude<NatEvent['kind'], 'quota-exceeded' | 'threshold-reached'>
  | `quota-${NatQuotaEvent['quota']}`
  | `threshold-${NatThresholdEvent['threshold']}`;

/** Those that name an inside host. */
const OF_HOST = [
  'session-create',
  'session-delete',
  'binding-create',
  'binding-delete',
  'address-bind',
  'address-release',
  'port-block-allocate',
  'port-block-release',
  'quota-host-mappings',
  'threshold-host-mappings-high',
] as const satisfies readonly NatEventSubject[];

export const isOfHost = (subject: NatEventSubject): subject is (typeof OF_HOST)[number] =>
  (OF_HOST as readonly NatEventSubject[]).includes(subject);

/** What has a record of its own: NAT64, where an inside host has an IPv6 address, has other ones than NAT44. */
export type NatEventForm = NatEventSubject | `nat64-${(typeof OF_HOST)[number]}`;

/** The value of natEvent and the elements of the record, in the order of the wire. */
type Form = readonly [natEvent: number, ...elements: string[]];

/** What a device sends for which event. */
export type NatEventProfile = Readonly<Partial<Record<NatEventForm, Form>>>;

const BINDING = [
  'observationTimeMilliseconds',
  'natEvent',
  'sourceIPv4Address',
  'postNATSourceIPv4Address',
  'protocolIdentifier',
  'sourceTransportPort',
  'postNAPTSourceTransportPort',
] as const;

/** With the destination, which RFC 6888 section 4 would rather not see logged: without it, this would say what BINDING says. */
const SESSION = [
  ...BINDING,
  'destinationIPv4Address',
  'postNATDestinationIPv4Address',
  'destinationTransportPort',
  'postNAPTDestinationTransportPort',
] as const;

const ADDRESS_BINDING = ['observationTimeMilliseconds', 'natEvent', 'sourceIPv4Address', 'postNATSourceIPv4Address'] as const;

const PORT_BLOCK = [...ADDRESS_BINDING, 'portRangeStart', 'portRangeEnd'] as const;

/** RFC 8158 sections 4.6.2, 4.6.4, 4.6.9 and 4.6.10: as those of NAT44, with IPv6 addresses for the inside. */
const NAT64_BINDING = BINDING.map(inIPv6);
const NAT64_SESSION = SESSION.map(inIPv6);
const NAT64_ADDRESS_BINDING = ADDRESS_BINDING.map(inIPv6);
const NAT64_PORT_BLOCK = PORT_BLOCK.map(inIPv6);

const ADDRESSES_EXHAUSTED = ['observationTimeMilliseconds', 'natEvent', 'natPoolId'] as const;
const PORTS_EXHAUSTED = ['observationTimeMilliseconds', 'natEvent', 'postNATSourceIPv4Address', 'protocolIdentifier'] as const;
const QUOTA = ['observationTimeMilliseconds', 'natEvent', 'natQuotaExceededEvent'] as const;
const THRESHOLD = ['observationTimeMilliseconds', 'natEvent', 'natThresholdEvent'] as const;

const CISCO_SESSION = [
  'sourceIPv4Address',
  'postNATSourceIPv4Address',
  'destinationIPv4Address',
  'postNATDestinationIPv4Address',
  'sourceTransportPort',
  'postNAPTSourceTransportPort',
  'destinationTransportPort',
  'postNAPTDestinationTransportPort',
  'ingressVRFID',
  'protocolIdentifier',
  'natEvent',
  'observationTimeMilliseconds',
] as const;

const LINUX_SESSION = [
  'observationTimeMilliseconds',
  'sourceIPv4Address',
  'destinationIPv4Address',
  'postNATSourceIPv4Address',
  'postNATDestinationIPv4Address',
  'sourceTransportPort',
  'destinationTransportPort',
  'postNAPTSourceTransportPort',
  'postNAPTDestinationTransportPort',
  'protocolIdentifier',
  'natEvent',
] as const;

/** The element for an address of the inside where that is IPv6. */
function inIPv6(element: string): string {
  return element.replace(/^(source|destination)IPv4/, '$1IPv6');
}

export const NAT_EVENT_PROFILES = {
  /** RFC 8158 sections 4.3 and 4.6. Table 18 asks for 478 where 480 is meant: both are sent. */
  rfc: {
    'session-create': [4, ...SESSION],
    'session-delete': [5, ...SESSION],
    'binding-create': [8, ...BINDING],
    'binding-delete': [9, ...BINDING],
    'addresses-exhausted': [3, ...ADDRESSES_EXHAUSTED],
    'ports-exhausted': [12, ...PORTS_EXHAUSTED],
    'address-bind': [14, ...ADDRESS_BINDING],
    'address-release': [15, ...ADDRESS_BINDING],
    'port-block-allocate': [16, ...PORT_BLOCK],
    'port-block-release': [17, ...PORT_BLOCK],
    'quota-sessions': [13, ...QUOTA, 'maxSessionEntries'],
    'quota-mappings': [13, ...QUOTA, 'maxBIBEntries'],
    'quota-host-mappings': [13, ...QUOTA, 'maxEntriesPerUser', 'sourceIPv4Address'],
    'quota-hosts': [13, ...QUOTA, 'maxSubscribers'],
    'threshold-pool-high': [18, ...THRESHOLD, 'natPoolId', 'addressPoolHighThreshold'],
    'threshold-pool-low': [18, ...THRESHOLD, 'natPoolId', 'addressPoolLowThreshold'],
    'threshold-mappings-high': [18, ...THRESHOLD, 'addressPortMappingHighThreshold'],
    'threshold-host-mappings-high': [
      18,
      ...THRESHOLD,
      'addressPortMappingHighThreshold',
      'addressPortMappingPerUserHighThreshold',
      'sourceIPv4Address',
    ],
    'threshold-paired-mappings-high': [18, ...THRESHOLD, 'globalAddressMappingHighThreshold'],
    'nat64-session-create': [6, ...NAT64_SESSION],
    'nat64-session-delete': [7, ...NAT64_SESSION],
    'nat64-binding-create': [10, ...NAT64_BINDING],
    'nat64-binding-delete': [11, ...NAT64_BINDING],
    'nat64-address-bind': [14, ...NAT64_ADDRESS_BINDING],
    'nat64-address-release': [15, ...NAT64_ADDRESS_BINDING],
    'nat64-port-block-allocate': [16, ...NAT64_PORT_BLOCK],
    'nat64-port-block-release': [17, ...NAT64_PORT_BLOCK],
    'nat64-quota-host-mappings': [13, ...QUOTA, 'maxEntriesPerUser', 'sourceIPv6Address'],
    'nat64-threshold-host-mappings-high': [
      18,
      ...THRESHOLD,
      'addressPortMappingHighThreshold',
      'addressPortMappingPerUserHighThreshold',
      'sourceIPv6Address',
    ],
  },
  /** High Speed Logging of IOS XE: sessions alone, with the historic numbers of natEvent. */
  'cisco-hsl': {
    'session-create': [1, ...CISCO_SESSION],
    'session-delete': [2, ...CISCO_SESSION],
    'addresses-exhausted': [3, 'natPoolId', 'natEvent'],
  },
  /** The kernel module ipt_NETFLOW, which tells what conntrack does: sessions alone. */
  linux: {
    'session-create': [1, ...LINUX_SESSION],
    'session-delete': [2, ...LINUX_SESSION],
  },
  /** MS-MPC and SPC3: the fields of RFC 8158 under numbers of an earlier draft, where 4 is NAT64. */
  juniper: {
    'session-create': [1, ...SESSION],
    'session-delete': [2, ...SESSION],
    'binding-create': [6, ...BINDING],
    'binding-delete': [7, ...BINDING],
    'addresses-exhausted': [3, ...ADDRESSES_EXHAUSTED],
    'ports-exhausted': [10, ...PORTS_EXHAUSTED],
    'address-bind': [12, ...ADDRESS_BINDING],
    'address-release': [13, ...ADDRESS_BINDING],
    'port-block-allocate': [14, ...PORT_BLOCK],
    'port-block-release': [15, ...PORT_BLOCK],
    'quota-sessions': [11, ...QUOTA, 'maxSessionEntries'],
    'quota-mappings': [11, ...QUOTA, 'maxBIBEntries'],
    'quota-host-mappings': [11, ...QUOTA, 'maxEntriesPerUser', 'sourceIPv4Address'],
    'quota-hosts': [11, ...QUOTA, 'maxSubscribers'],
    'nat64-session-create': [4, ...NAT64_SESSION],
    'nat64-session-delete': [5, ...NAT64_SESSION],
    'nat64-binding-create': [8, ...NAT64_BINDING],
    'nat64-binding-delete': [9, ...NAT64_BINDING],
    'nat64-address-bind': [12, ...NAT64_ADDRESS_BINDING],
    'nat64-address-release': [13, ...NAT64_ADDRESS_BINDING],
    'nat64-port-block-allocate': [14, ...NAT64_PORT_BLOCK],
    'nat64-port-block-release': [15, ...NAT64_PORT_BLOCK],
    'nat64-quota-host-mappings': [11, ...QUOTA, 'maxEntriesPerUser', 'sourceIPv6Address'],
  },
} as const satisfies Readonly<Record<string, NatEventProfile>>;
