import type { ReadingConfig } from './config.ts';
import { ReadingCounters } from './counters.ts';
import { FixedMessages } from './fixed-messages.ts';
import type { ExportDatagram, ExportProtocol, ReadRecord } from './record.ts';
import { SessionTable } from './session-table.ts';
import { SFlowMessages } from './sflow-messages.ts';
import type { ReadingSink } from './set-decoder.ts';
import { TemplateMessages } from './template-messages.ts';

const VERSIONS: Readonly<Record<number, ExportProtocol>> = {
  1: 'netflow-v1',
  5: 'netflow-v5',
  7: 'netflow-v7',
  9: 'netflow-v9',
  10: 'ipfix',
};
/** sFlow's version has four octets, that of the others two. */
const SFLOW_VERSION = 5;

/** By the version a payload begins with. */
function protocolOf(payload: Uint8Array): ExportProtocol | undefined {
  if (payload.length < 4) return undefined;
  const view = new DataView(payload.buffer, payload.byteOffset);
  return view.getUint32(0) === SFLOW_VERSION ? 'sflow' : VERSIONS[view.getUint16(0)];
}

/**
 * Reads datagrams of exporters field by field, whatever protocol they speak, and hands each record on in the order of arrival. Records that
 * had to wait for their Template come when it does. No octets make it throw.
 */
export class ExportReader {
  readonly counters = new ReadingCounters();
  readonly #sessions: SessionTable;
  readonly #templated: TemplateMessages;
  readonly #fixed: FixedMessages;
  readonly #sflow: SFlowMessages;

  constructor(config: ReadingConfig, onRecord: (record: ReadRecord) => void) {
    const { counters } = this;
    const sink: ReadingSink = {
      record: (record) => {
        if (record.options === true) counters.optionsRecords++;
        else counters.records++;
        if (record.late === true) counters.lateRecords++;
        onRecord(record);
      },
      issue: (issue, message) => counters.issue(issue, message),
    };
    this.#sessions = new SessionTable(config, counters);
    this.#templated = new TemplateMessages(config, counters, this.#sessions, sink);
    this.#fixed = new FixedMessages(this.#sessions, sink);
    this.#sflow = new SFlowMessages(this.#sessions, sink);
  }

  get sessions() {
    return this.#sessions.all;
  }

  handle(datagram: ExportDatagram): void {
    const { counters } = this;
    const protocol = protocolOf(datagram.payload);
    if (protocol === undefined) return void counters.otherDatagrams++;
    const index = counters.messages++;
    if (protocol === 'sflow') this.#sflow.read(datagram, index);
    else if (protocol === 'ipfix' || protocol === 'netflow-v9') this.#templated.read(datagram, index, protocol === 'netflow-v9');
    else this.#fixed.read(datagram, index);
  }
}
