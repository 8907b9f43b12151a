import { exportTimeUs, flowTimeUs, timeFieldsOf, type TimeBase } from '../../core/ipfix/flow-time.ts';
import { plainFields } from '../../core/ipfix/plain-field.ts';
import { nameField } from '../../core/ipfix/named-field.ts';
import { layOutRecord, type FieldPlaces } from '../../core/ipfix/record-layout.ts';
import type { Template } from '../../core/ipfix/template.ts';
import { readFixedDatagram, type FixedDatagram } from '../../core/netflow/fixed-reader.ts';
import type { ExportDatagram, ExportProtocol } from './record.ts';
import type { SessionTable } from './session-table.ts';
import type { ReadingSink } from './set-decoder.ts';

const PROTOCOLS: Readonly<Record<number, ExportProtocol>> = { 1: 'netflow-v1', 5: 'netflow-v5', 7: 'netflow-v7' };
const PADDING_OCTETS = 210;

/** Reads NetFlow v1, v5 and v7, whose records are always the same. */
export class FixedMessages {
  readonly #sessions: SessionTable;
  readonly #sink: ReadingSink;
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
    const { recordCount, sequenceNumber, uptimeMs, engine, format } = datagram;
    const protocol = PROTOCOLS[datagram.version] as ExportProtocol;
    const session = this.#sessions.of({ protocol, source, domain: engine });
    if (sequenceNumber === undefined) session.messages++;
    else session.account(sequenceNumber, recordCount, payload, uptimeMs);
    session.records += recordCount;
    const base = { exportTimeUs: exportTimeUs(datagram.exportTimeS, datagram.exportTimeNs, receivedAtS), uptimeMs };
    const from = { message: index, set: 0, exporter: source, domain: null, templateId: null, protocol };
    for (let record = 0; record < recordCount; record++) {
      const offset = format.headerLength + record * format.recordLength;
      layOutRecord(format.record.fields, view, offset, view.byteLength, this.#places);
      this.#sink.record({ ...from, fields: this.#fields(datagram, view), ...this.#times(format.record, view, base) });
    }
  }

  #fields({ format }: FixedDatagram, view: DataView) {
    const named = format.record.fields.map(nameField);
    return plainFields(named, view, this.#places, () => undefined).filter(({ id }) => id !== PADDING_OCTETS);
  }

  #times({ fields }: Template, view: DataView, base: TimeBase): { startUs: number | null; endUs: number | null } {
    const [startUs, endUs] = (['start', 'end'] as const).map((time) => {
      const [field] = timeFieldsOf(fields, 0, time);
      if (field === undefined) return null;
      const at = 2 * field.index;
      return flowTimeUs(field.elementId, view, this.#places[at] as number, this.#places[at + 1] as number, base) ?? null;
    });
    return { startUs: startUs ?? null, endUs: endUs ?? null };
  }
}
