import { protocolName } from '../net/protocol-name.ts';
import type { PlainValue } from './plain-value.ts';

/** What elements mean, for whoever has not read the registry. */
const WORDS: Readonly<Record<string, string>> = {
  octetDeltaCount: 'octets of the flow’s IP packets since its last record',
  packetDeltaCount: 'packets of the flow since its last record',
  octetTotalCount: 'octets of the flow’s IP packets since it was first seen',
  packetTotalCount: 'packets of the flow since it was first seen',
  protocolIdentifier: 'which transport the packets carry',
  ipClassOfService: 'how urgent the packets say they are (DSCP and ECN)',
  ipVersion: 'version of IP',
  tcpControlBits: 'all TCP flags that were seen, together',
  sourceTransportPort: 'port of whoever sent',
  destinationTransportPort: 'port of whoever it was sent to',
  sourceIPv4Address: 'who sent, before the translation',
  destinationIPv4Address: 'who it was sent to, before the translation',
  sourceIPv6Address: 'who sent, before the translation',
  destinationIPv6Address: 'who it was sent to, before the translation',
  postNATSourceIPv4Address: 'who sent, after the translation',
  postNATDestinationIPv4Address: 'who it was sent to, after the translation',
  postNATSourceIPv6Address: 'who sent, after the translation',
  postNATDestinationIPv6Address: 'who it was sent to, after the translation',
  postNAPTSourceTransportPort: 'port of whoever sent, after the translation',
  postNAPTDestinationTransportPort: 'port of whoever it was sent to, after the translation',
  ingressInterface: 'interface of the router the packets came in by',
  egressInterface: 'interface of the router the packets left by',
  flowStartMilliseconds: 'first packet, by the exporter’s clock',
  flowEndMilliseconds: 'last packet, by the exporter’s clock',
  flowStartSeconds: 'first packet, by the exporter’s clock, in whole seconds',
  flowEndSeconds: 'last packet, by the exporter’s clock, in whole seconds',
  flowStartMicroseconds: 'first packet, by the exporter’s clock, as an NTP timestamp',
  flowEndMicroseconds: 'last packet, by the exporter’s clock, as an NTP timestamp',
  flowStartNanoseconds: 'first packet, by the exporter’s clock, as an NTP timestamp',
  flowEndNanoseconds: 'last packet, by the exporter’s clock, as an NTP timestamp',
  flowStartSysUpTime: 'first packet, in milliseconds since the exporter was switched on',
  flowEndSysUpTime: 'last packet, in milliseconds since the exporter was switched on',
  flowStartDeltaMicroseconds: 'first packet, so long before the Message left',
  flowEndDeltaMicroseconds: 'last packet, so long before the Message left',
  systemInitTimeMilliseconds: 'when the exporter was switched on, by its own clock',
  flowEndReason: 'why the record was sent',
  flowDirection: 'whether the flow was met coming in or going out',
  applicationId: 'application the router recognised (RFC 6759)',
  applicationName: 'name of the application',
  samplingInterval: 'one of so many packets was looked at',
  samplingPacketInterval: 'packets looked at in a row',
  samplingPacketSpace: 'packets left out in between',
  natEvent: 'what the NAT did (RFC 8158)',
  observationTimeMilliseconds: 'when it happened, by the exporter’s clock',
  exportedMessageTotalCount: 'Messages sent since the exporter began',
  exportedFlowRecordTotalCount: 'records sent since the exporter began',
  exportedOctetTotalCount: 'octets sent since the exporter began',
  exportingProcessId: 'which Exporting Process of the device this is about',
  meteringProcessId: 'which Metering Process of the device this is about',
  interfaceName: 'short name of the interface',
  interfaceDescription: 'what the interface is for',
};

const END_REASONS: Readonly<Record<number, string>> = {
  1: 'nothing came any more (idle timeout)',
  2: 'it goes on: a report in between (active timeout)',
  3: 'its end was seen (FIN or RST)',
  4: 'the exporter was told to send',
  5: 'the exporter needed the room',
};

const TCP_FLAGS = ['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG', 'ECE', 'CWR'];

/** What an element means; `undefined` for the many that are rarely met. */
export const fieldWords = (name: string): string | undefined => (Object.hasOwn(WORDS, name) ? WORDS[name] : undefined);

/** What a value of an element means, where its number alone says little. */
export function valueWords(name: string, value: PlainValue): string | undefined {
  if (typeof value !== 'number') return undefined;
  if (name === 'protocolIdentifier') return protocolName(value);
  if (name === 'flowEndReason') return END_REASONS[value];
  if (name === 'tcpControlBits') return TCP_FLAGS.filter((_, bit) => (value & (1 << bit)) !== 0).join(' ') || 'none';
  if (/^(flow(Start|End)|observationTime|systemInitTime)Milliseconds$/.test(name)) return instantWords(value);
  return /^flow(Start|End)Seconds$/.test(name) ? instantWords(value * 1_000) : undefined;
}

function instantWords(ms: number): string | undefined {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString().replace('T', ' ').replace('Z', ' UTC');
}
