import { exportTimeUs, flowTimeUs, type TimeBase, type TimeField } from '../../core/ipfix/flow-time.ts';
import { plainFields, type PlainField } from '../../core/ipfix/plain-field.ts';
import { layOutRecord, type FieldPlaces } from '../../core/ipfix/record-layout.ts';
import type { FixedFormat } from '../../core/netflow/fixed-formats.ts';
import { readFixedDatagram } from '../../core/netflow/fixed-reader.ts';
import { describeTemplate, type DescribedTemplate } from './described-template.ts';
import type { ExportDatagram, ExportProtocol } from './record.ts';
import type { SessionTable } from './session-table.ts';
import type { ReadingSink } from './set-decoder.ts';

const PROTOCOLS: Readonly<Record<number, ExportProtocol>> = { 1: 'netflow-v1', 5: 'netflow-v5', 7: 'netflow-v7' };
const PADDING_OCTETS = 210;
const noList = (): undefined => undefined;

/** Reads NetFlow v1, v5 and v7, whose records are always the same. */
export class FixedMessages {
  readonly #sessions: SessionTable;
  readonly #sink: ReadingSink;
  readonly #described = new Map<FixedFormat, DescribedTemplate>();
  readonly #places: FieldPlaces = [];

  constructor(sessions: SessionTable, sink: ReadingSink) {
    this.#sessions = sessions;
    this.#sink = sink;
  }

  /** Reads datagram number `index`. */
  read({ payload, source, receivedAtS }: ExportDatagram, index: number): void {
    const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
    const datagram = readFixedDatagram(view, (issue) => this.#sink.issue(issue, index));
    if (datagram === undefined) return;
    const { recordCount, sequenceNumber, uptimeMs, engine, format, samplingInterval } = datagram;
    const protocol = PROTOCOLS[datagram.version] as ExportProtocol;
    const session = this.#sessions.of({ protocol, source, domain: engine });
    if (sequenceNumber === undefined) session.messages++;
    else session.account(sequenceNumber, recordCount, payload, uptimeMs);
    session.records += recordCount;
    const described = this.#describe(format);
    const base = { exportTimeUs: exportTimeUs(datagram.exportTimeS, datagram.exportTimeNs, receivedAtS), uptimeMs };
    const from = { message: index, set: 0, exporter: source, domain: null, templateId: null };
    const sampling = samplingInterval > 0 ? { samplingInterval } : {};
    for (let record = 0; record < recordCount; record++) {
      const offset = format.headerLength + record * format.recordLength;
      layOutRecord(format.record.fields, view, offset, view.byteLength, this.#places);
      const fields = this.#fields(described, view);
      const startUs = this.#time(described.start, view, base);
      const endUs = this.#time(described.end, view, base);
      this.#sink.record({ ...from, fields, startUs, endUs, protocol, ...sampling });
    }
  }

  #describe(format: FixedFormat): DescribedTemplate {
    const described = this.#described.get(format) ?? describeTemplate(format.record, false);
    this.#described.set(format, described);
    return described;
  }

  #fields({ fields }: DescribedTemplate, view: DataView): PlainField[] {
    return plainFields(fields, view, this.#places, noList).filter(({ id }) => id !== PADDING_OCTETS);
  }

  #time([field]: readonly TimeField[], view: DataView, base: TimeBase): number | null {
    if (field === undefined) return null;
    const at = 2 * field.index;
    return flowTimeUs(field.elementId, view, this.#places[at] as number, this.#places[at + 1] as number, base) ?? null;
  }
}
