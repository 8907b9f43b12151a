import type { IpfixIssue } from '../../core/ipfix/message-reader.ts';
import { readSFlowDatagram, type SFlowRecord, type SFlowSample } from '../../core/sflow/datagram-reader.ts';
import type { Datagram } from './datagram.ts';
import type { MessageContext } from './message-context.ts';
import type { SessionRules } from './session-limits.ts';
import type { SessionTable } from './session-table.ts';
import type { KnownTemplate, SetDecoder } from './set-decoder.ts';

const US_PER_S = 1e6;

interface ReadSample {
  readonly sample: SFlowSample;
  readonly records: SFlowRecord[];
}

/** Reads sFlow version 5: each sample counts as a Set, and each record of it is a record. */
export class SFlowMessages<Known extends KnownTemplate> {
  readonly #rules: SessionRules;
  readonly #sessions: SessionTable<Known>;
  readonly #decoder: SetDecoder<Known>;

  constructor(rules: SessionRules, sessions: SessionTable<Known>, decoder: SetDecoder<Known>) {
    this.#rules = rules;
    this.#sessions = sessions;
    this.#decoder = decoder;
  }

  /** Reads datagram number `index`. */
  read(datagram: Datagram, index: number): void {
    const { payload, source, receivedAtUs } = datagram;
    const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
    const samples: ReadSample[] = [];
    const issues: IpfixIssue[] = [];
    const header = readSFlowDatagram(view, {
      sample: (sample) => void samples.push({ sample, records: [] }),
      record: (record) => void samples.at(-1)?.records.push(record),
      issue: (issue) => void issues.push(issue),
    });
    const session = header && this.#sessions.of('sflow', header.subAgent, datagram);
    const isDuplicate = session?.isDuplicate(header?.sequenceNumber ?? 0, payload) === true;
    if (isDuplicate && !this.#rules.readsDuplicates) return;
    for (const issue of issues) this.#decoder.issue(issue, { index, source, session });
    if (header === undefined || session === undefined) return;
    const message: MessageContext = {
      index,
      protocol: 'sflow',
      receivedAtUs,
      exportTimeS: Math.floor(receivedAtUs / US_PER_S),
      exportTimeUs: receivedAtUs,
      uptimeMs: header.uptimeMs,
      sequenceNumber: header.sequenceNumber,
      samplingInterval: 0,
      counted: 0,
      settled: false,
    };
    samples.forEach(({ sample, records }, set) => {
      this.#decoder.decodeSample({ session, message, set, header, sample, records });
      message.counted += records.length;
    });
    session.count('dataRecords', message.counted);
    if (!isDuplicate) session.settle(message, payload.length);
  }
}
