import { exportTimeUs } from '../../core/ipfix/flow-time.ts';
import type { FixedFormat } from '../../core/netflow/fixed-formats.ts';
import type { IpfixIssue } from '../../core/ipfix/message-reader.ts';
import { readFixedDatagram, type FixedDatagram } from '../../core/netflow/fixed-reader.ts';
import type { Datagram } from './datagram.ts';
import type { ExportProtocol } from './export-protocol.ts';
import type { MessageContext } from './message-context.ts';
import type { Session } from './session.ts';
import type { KnownTemplate } from './set-decoder.ts';
import { takeWhole, type MessageParts } from './whole-datagram.ts';

const PROTOCOLS: Readonly<Record<number, ExportProtocol>> = { 1: 'netflow-v1', 5: 'netflow-v5', 7: 'netflow-v7' };
const US_PER_S = 1e6;

/** Reads NetFlow v1, v5 and v7, whose records are always the same: a datagram is one Set of a Template that was never sent. */
export class FixedMessages<Known extends KnownTemplate> {
  readonly #parts: MessageParts<Known>;
  readonly #known = new Map<FixedFormat, Known>();

  constructor(parts: MessageParts<Known>) {
    this.#parts = parts;
  }

  /** Reads datagram number `index`. */
  read(datagram: Datagram, index: number): void {
    const { payload } = datagram;
    const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
    const issues: IpfixIssue[] = [];
    const fixed = readFixedDatagram(view, (issue) => void issues.push(issue));
    const protocol = fixed && PROTOCOLS[fixed.version];
    const head = protocol && { protocol, domain: fixed.engine, sequenceNumber: fixed.sequenceNumber ?? 0 };
    takeWhole(this.#parts, datagram, index, head, issues, (session) =>
      this.#decode(datagram, index, view, fixed as FixedDatagram, session),
    );
  }

  #decode(
    { receivedAtUs }: Datagram,
    index: number,
    view: DataView,
    fixed: FixedDatagram,
    session: Session<Known>,
  ): MessageContext {
    const nowS = receivedAtUs / US_PER_S;
    const message: MessageContext = {
      index,
      protocol: session.key.protocol,
      receivedAtUs,
      exportTimeS: fixed.exportTimeS,
      exportTimeUs: exportTimeUs(fixed.exportTimeS, fixed.exportTimeNs, nowS),
      tellsTime: true,
      uptimeMs: fixed.uptimeMs,
      sequenceNumber: fixed.sequenceNumber ?? 0,
      samplingInterval: fixed.samplingInterval,
      counted: 0,
      settled: false,
    };
    const { headerLength, recordLength } = fixed.format;
    const end = headerLength + fixed.recordCount * recordLength;
    const known = this.#describe(fixed.format);
    const place = { set: 0, known, view, offset: headerLength, end, viewAt: 0, isLate: false, nowS };
    message.counted = this.#parts.decoder.decode({ session, message, ...place });
    return message;
  }

  #describe(format: FixedFormat): Known {
    const known = this.#known.get(format) ?? this.#parts.decoder.describe(format.record, false);
    if (known === undefined) throw new Error('a fixed format is a Template like others');
    this.#known.set(format, known);
    return known;
  }
}
