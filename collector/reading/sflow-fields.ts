import type { PlainField } from '../../core/ipfix/plain-field.ts';
import { elementByName } from '../../core/ipfix/registry/registry.ts';
import type { SFlowRecord } from '../../core/sflow/datagram-reader.ts';
import type { SFlowFields } from '../../core/sflow/flow-records.ts';
import type { SampleSet } from '../collecting/set-decoder.ts';
import type { DescribedTemplate } from './described-template.ts';
import type { ReadRecord } from './record.ts';

/** Elements of IPFIX that mean what a sampled header says. */
const ELEMENTS: Readonly<Record<string, string>> = {
  srcMac: 'sourceMacAddress',
  dstMac: 'destinationMacAddress',
  etherType: 'ethernetType',
  proto: 'protocolIdentifier',
  tos: 'ipClassOfService',
  ttl: 'ipTTL',
  ipLength: 'totalLengthIPv4',
  sport: 'sourceTransportPort',
  dport: 'destinationTransportPort',
  tcpFlags: 'tcpControlBits',
};

/** The records of a sample, each as a record. */
export const recordsOfSample = ({ session, message, set, header, sample, records }: SampleSet<DescribedTemplate>): ReadRecord[] =>
  records.map((record) => ({
    message: message.index,
    set,
    exporter: session.key.source,
    domain: header.subAgent,
    templateId: record.format,
    fields: plainFieldsOf(record),
    startUs: null,
    endUs: null,
    protocol: 'sflow',
    sflow: { agent: header.agent ?? null, sample, record: shown(record) },
  }));

/** A record with its fields as the wire has them; the octets of a format that is not known. */
const shown = ({ format, length, fields, octets }: SFlowRecord): Record<string, unknown> =>
  fields === undefined
    ? { format, length, octets: `0x${Array.from(octets, (octet) => octet.toString(16).padStart(2, '0')).join('')}` }
    : { format, length, ...fields };

/** A sampled header's fields are those of the element that means the same; all others have the format of their record as number. */
function plainFieldsOf({ format, fields }: SFlowRecord): PlainField[] {
  const id = Number(format.split(':')[1]);
  return Object.entries(fields ?? {}).flatMap(([name, value]): PlainField[] => {
    if (name === 'inner') return headerFields(value as SFlowFields);
    if (value === undefined) return [];
    const plain = typeof value === 'number' || typeof value === 'string' ? value : JSON.stringify(value);
    return [{ pen: null, id, name, value: plain }];
  });
}

function headerFields(header: SFlowFields): PlainField[] {
  const version = String(header['src']).includes(':') ? 'IPv6' : 'IPv4';
  return Object.entries(header).flatMap(([key, value]): PlainField[] =>
    key === 'vlans'
      ? (value as readonly number[]).map((vlan) => named('vlanId', vlan))
      : [named(elementNameOf(key, version), value as number | string)],
  );
}

function elementNameOf(key: string, version: 'IPv4' | 'IPv6'): string {
  if (key === 'src') return `source${version}Address`;
  if (key === 'dst') return `destination${version}Address`;
  if (key === 'icmpType' || key === 'icmpCode') return `${key}${version}`;
  return ELEMENTS[key] ?? key;
}

const named = (name: string, value: number | string): PlainField => ({
  pen: 0,
  id: elementByName(name)?.elementId ?? 0,
  name,
  value,
});
