import type { PlainField } from '../../core/ipfix/plain-field.ts';
import { elementByName } from '../../core/ipfix/registry/registry.ts';
import { readSFlowDatagram, type SFlowRecord, type SFlowSample } from '../../core/sflow/datagram-reader.ts';
import type { SFlowFields } from '../../core/sflow/flow-records.ts';
import type { ExportDatagram } from './record.ts';
import type { SessionTable } from './session-table.ts';
import type { ReadingSink } from './set-decoder.ts';

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

/** Reads sFlow version 5: each record of a sample is a record, and each sample counts as a Set. */
export class SFlowMessages {
  readonly #sessions: SessionTable;
  readonly #sink: ReadingSink;

  constructor(sessions: SessionTable, sink: ReadingSink) {
    this.#sessions = sessions;
    this.#sink = sink;
  }

  /** Reads datagram number `index`. */
  read({ payload, source }: ExportDatagram, index: number): void {
    const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
    const samples: { readonly sample: SFlowSample; readonly records: SFlowRecord[] }[] = [];
    const header = readSFlowDatagram(view, {
      sample: (sample) => void samples.push({ sample, records: [] }),
      record: (record) => void samples.at(-1)?.records.push(record),
      issue: (issue) => this.#sink.issue(issue, index),
    });
    if (header === undefined) return;
    const session = this.#sessions.of({ protocol: 'sflow', source, domain: header.subAgent });
    session.account(header.sequenceNumber, 1, payload, header.uptimeMs);
    const agent = header.agent ?? null;
    samples.forEach(({ sample, records }, set) => {
      for (const record of records) {
        session.records++;
        this.#sink.record({
          message: index,
          set,
          exporter: source,
          domain: header.subAgent,
          templateId: record.format,
          fields: plainFieldsOf(record),
          startUs: null,
          endUs: null,
          protocol: 'sflow',
          sflow: { agent, sample, record: shown(record) },
        });
      }
    });
  }
}

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
