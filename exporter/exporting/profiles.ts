import type { ProfileExporting } from './profile.ts';

const NAT_FIELDS = [
  'postNATSourceIPv4Address',
  'postNATDestinationIPv4Address',
  'postNAPTSourceTransportPort',
  'postNAPTDestinationTransportPort',
];

/**
 * Exports that look like somebody else's. Each says where it is known from; what its source does not tell (an order of fields,
 * a number) is ours.
 */
const ALL = {
  flowlab: {},

  /** What most collectors keep, in as few octets as it needs (RFC 7011 section 6.2): 33 flows in a packet of 1500 octets. */
  lean: {
    applicationIds: false,
    maxMessageLength: 1_472,
    fields: [
      'sourceAddress',
      'destinationAddress',
      'sourceTransportPort',
      'destinationTransportPort',
      'protocolIdentifier',
      'tcpControlBits:1',
      'ingressInterface:2',
      'egressInterface:2',
      'octetDeltaCount:4',
      'packetDeltaCount:4',
      'flowStart',
      'flowEnd',
      'flowEndReason',
    ],
  },

  /**
   * Cisco IOS command reference, `cache` (Flexible NetFlow): 1800 and 15 s, 4096 entries. The record is that of "NetFlow
   * Original", told as NetFlow v5 tells it.
   */
  'cisco-fnf': {
    protocol: 'netflow-v9',
    applicationIds: false,
    fields: [
      'sourceAddress',
      'destinationAddress',
      'ipNextHopIPv4Address',
      'ingressInterface:2',
      'egressInterface:2',
      'packetDeltaCount:4',
      'octetDeltaCount:4',
      'flowStart',
      'flowEnd',
      'sourceTransportPort',
      'destinationTransportPort',
      'tcpControlBits:1',
      'protocolIdentifier',
      'ipClassOfService',
      'bgpSourceAsNumber:2',
      'bgpDestinationAsNumber:2',
      'sourceIPv4PrefixLength',
      'destinationIPv4PrefixLength',
      'samplerId',
    ],
  },

  /**
   * Cisco ASA, NetFlow Secure Event Logging: a session at its teardown, times only as 323 and 152, octets of both directions
   * in four octets each. Without flowId, ACL and user fields, which the office's router has nothing to fill with.
   */
  'cisco-asa-nsel': {
    protocol: 'netflow-v9',
    timestamps: 'milliseconds',
    applicationIds: false,
    fields: [
      'sourceAddress',
      'sourceTransportPort',
      'ingressInterface:2',
      'destinationAddress',
      'destinationTransportPort',
      'egressInterface:2',
      'protocolIdentifier',
      'icmpTypeIPv4',
      'icmpCodeIPv4',
      ...NAT_FIELDS,
      'firewallEvent',
      'observationTimeMilliseconds',
      'flowStart',
      'initiatorOctets:4',
      'responderOctets:4',
    ],
  },

  /** help.mikrotik.com, Traffic Flow: 30 min and 15 s, cache of 4k, Templates every 20 packets, NAT and sys-init-time as switches. */
  mikrotik: {
    protocol: 'ipfix',
    timestamps: 'sys-uptime',
    templateRefreshMessages: 20,
    applicationIds: false,
    options: ['systemInitTime'],
    fields: [
      'sourceAddress',
      'destinationAddress',
      'sourceTransportPort',
      'destinationTransportPort',
      'protocolIdentifier',
      'ipClassOfService',
      'tcpControlBits:1',
      'octetDeltaCount:4',
      'packetDeltaCount:4',
      'ingressInterface',
      'egressInterface',
      'flowStart',
      'flowEnd',
      'ipNextHopIPv4Address',
      ...NAT_FIELDS,
    ],
  },

  /** juniper.net, flow-active-timeout: 60 s and 60 s in the hierarchy where they are shortest. */
  juniper: { protocol: 'ipfix', applicationIds: false },

  /**
   * docs.fortinet.com, NetFlow templates: 256 has the statistics, 262 flows with NAT (all that crosses the office's router) and
   * 259 IPv6; 1800 and 15 s, Templates every 1800 s or 20 packets.
   */
  fortigate: {
    protocol: 'netflow-v9',
    templateRefreshS: 1_800,
    templateRefreshMessages: 20,
    templateIds: { flows: 262, ipv6Flows: 259 },
    records: {
      'netflow-v9': [
        {
          templateId: 256,
          scope: 'observationDomainId',
          names: [
            'exportedOctetTotalCount',
            'exportedMessageTotalCount',
            'exportedFlowRecordTotalCount',
            'flowActiveTimeout',
            'flowIdleTimeout',
            'samplingInterval',
            'samplingAlgorithm',
          ],
        },
      ],
    },
  },

  /**
   * softflowd.8 and its ipfix.c: NetFlow v5 unless told; Templates 1024 and 2048 every 16 packets of at most 1428 octets. It
   * keeps a flow for up to 7 days and 300 s after its last packet (`metering.profile: softflowd`).
   */
  softflowd: {
    protocol: 'netflow-v5',
    timestamps: 'sys-uptime',
    maxMessageLength: 1_428,
    templateRefreshMessages: 16,
    applicationIds: false,
    templateIds: { flows: 1_024, ipv6Flows: 2_048 },
    fields: [
      'sourceAddress',
      'destinationAddress',
      'flowStart',
      'flowEnd',
      'octetDeltaCount:4',
      'packetDeltaCount:4',
      'ingressInterface',
      'egressInterface',
      'sourceTransportPort',
      'destinationTransportPort',
      'protocolIdentifier',
      'tcpControlBits:1',
      'ipVersion',
      'ipClassOfService',
    ],
    records: {
      ipfix: [
        {
          templateId: 256,
          scope: 'meteringProcessId',
          names: ['systemInitTimeMilliseconds', 'samplingPacketInterval', 'samplingPacketSpace', 'selectorAlgorithm'],
        },
      ],
      'netflow-v9': [{ templateId: 256, scope: 'ingressInterface', names: ['samplingInterval', 'samplingAlgorithm'] }],
    },
  },

  /** ipfixprobe's ipfix-elements.hpp, ipfix.hpp and cache.hpp: biflows, 300 and 30 s, Templates every 600 s. */
  ipfixprobe: {
    protocol: 'ipfix',
    timestamps: 'microseconds',
    templateRefreshS: 600,
    applicationIds: false,
    fields: [
      'flowEndReason',
      'octetDeltaCount',
      'reverseOctetDeltaCount',
      'packetDeltaCount',
      'reversePacketDeltaCount',
      'flowStart',
      'flowEnd',
      'ipVersion',
      'protocolIdentifier',
      'tcpControlBits',
      'reverseTcpControlBits',
      'sourceTransportPort',
      'destinationTransportPort',
      'ingressInterface',
      'sourceAddress',
      'destinationAddress',
      'sourceMacAddress',
      'destinationMacAddress',
    ],
  },

  /** YAF's manual: counters since the flow began (85, 86) unless --delta, VLAN and MAC; 1800 and 300 s. */
  yaf: {
    protocol: 'ipfix',
    applicationIds: false,
    fields: [
      'flowStart',
      'flowEnd',
      'octetTotalCount',
      'packetTotalCount',
      'sourceAddress',
      'destinationAddress',
      'sourceTransportPort',
      'destinationTransportPort',
      'protocolIdentifier',
      'flowEndReason',
      'tcpControlBits:1',
      'vlanId',
      'sourceMacAddress',
      'destinationMacAddress',
    ],
  },
} as const satisfies Record<string, ProfileExporting>;

export type ProfileName = keyof typeof ALL;
export const PROFILES: Readonly<Record<ProfileName, ProfileExporting>> = ALL;
