import type { IpfixIssue } from '../../core/ipfix/message-reader.ts';
import { readSFlowDatagram, type SFlowHeader, type SFlowRecord, type SFlowSample } from '../../core/sflow/datagram-reader.ts';
import type { Datagram } from './datagram.ts';
import type { MessageContext } from './message-context.ts';
import type { Session } from './session.ts';
import type { KnownTemplate } from './set-decoder.ts';
import { takeWhole, type MessageParts } from './whole-datagram.ts';

const US_PER_S = 1e6;

interface ReadSample {
  readonly sample: SFlowSample;
  readonly records: SFlowRecord[];
}

/** Reads sFlow version 5: each sample counts as a Set, and each record of it is a record. */
export class SFlowMessages<Known extends KnownTemplate> {
  readonly #parts: MessageParts<Known>;

  constructor(parts: MessageParts<Known>) {
    this.#parts = parts;
  }

  /** Reads datagram number `index`. */
  read(datagram: Datagram, index: number): void {
    const { payload, receivedAtUs } = datagram;
    const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
    const samples: ReadSample[] = [];
    const issues: IpfixIssue[] = [];
    const header = readSFlowDatagram(view, {
      sample: (sample) => void samples.push({ sample, records: [] }),
      record: (record) => void samples.at(-1)?.records.push(record),
      issue: (issue) => void issues.push(issue),
    });
    const head = header && { protocol: 'sflow' as const, domain: header.subAgent, sequenceNumber: header.sequenceNumber };
    takeWhole(this.#parts, datagram, index, head, issues, (session) =>
      this.#decode(receivedAtUs, index, header as SFlowHeader, samples, session),
    );
  }

  #decode(
    receivedAtUs: number,
    index: number,
    header: SFlowHeader,
    samples: readonly ReadSample[],
    session: Session<Known>,
  ): MessageContext {
    const message: MessageContext = {
      index,
      protocol: 'sflow',
      receivedAtUs,
      exportTimeS: Math.floor(receivedAtUs / US_PER_S),
      exportTimeUs: receivedAtUs,
      tellsTime: false,
      uptimeMs: header.uptimeMs,
      sequenceNumber: header.sequenceNumber,
      samplingInterval: 0,
      counted: 0,
      settled: false,
    };
    samples.forEach(({ sample, records }, set) => {
      this.#parts.decoder.decodeSample({ session, message, set, header, sample, records });
      message.counted += records.length;
    });
    return message;
  }
}
