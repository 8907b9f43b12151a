import { exportTimeUs } from '../../core/ipfix/flow-time.ts';
import type { FixedFormat } from '../../core/netflow/fixed-formats.ts';
import { readFixedDatagram } from '../../core/netflow/fixed-reader.ts';
import type { Datagram } from './datagram.ts';
import type { ExportProtocol } from './export-protocol.ts';
import type { MessageContext } from './message-context.ts';
import type { SessionRules } from './session-limits.ts';
import type { SessionTable } from './session-table.ts';
import type { KnownTemplate, SetDecoder } from './set-decoder.ts';

const PROTOCOLS: Readonly<Record<number, ExportProtocol>> = { 1: 'netflow-v1', 5: 'netflow-v5', 7: 'netflow-v7' };
const US_PER_S = 1e6;

/** Reads NetFlow v1, v5 and v7, whose records are always the same: a datagram is one Set of a Template that was never sent. */
export class FixedMessages<Known extends KnownTemplate> {
  readonly #rules: SessionRules;
  readonly #sessions: SessionTable<Known>;
  readonly #decoder: SetDecoder<Known>;
  readonly #known = new Map<FixedFormat, Known>();

  constructor(rules: SessionRules, sessions: SessionTable<Known>, decoder: SetDecoder<Known>) {
    this.#rules = rules;
    this.#sessions = sessions;
    this.#decoder = decoder;
  }

  /** Reads datagram number `index`. */
  read(datagram: Datagram, index: number): void {
    const { payload, source, receivedAtUs } = datagram;
    const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
    const issues: Parameters<SetDecoder<Known>['issue']>[0][] = [];
    const fixed = readFixedDatagram(view, (issue) => void issues.push(issue));
    const protocol = fixed && PROTOCOLS[fixed.version];
    const session = protocol && this.#sessions.of(protocol, fixed.engine, datagram);
    const isDuplicate = session?.isDuplicate(fixed?.sequenceNumber ?? 0, payload) === true;
    if (isDuplicate && !this.#rules.readsDuplicates) return;
    for (const issue of issues) this.#decoder.issue(issue, { index, source, session });
    if (fixed === undefined || protocol === undefined || session === undefined) return;
    const known = this.#describe(fixed.format);
    const message: MessageContext = {
      index,
      protocol,
      receivedAtUs,
      exportTimeS: fixed.exportTimeS,
      exportTimeUs: exportTimeUs(fixed.exportTimeS, fixed.exportTimeNs, receivedAtUs / US_PER_S),
      uptimeMs: fixed.uptimeMs,
      sequenceNumber: fixed.sequenceNumber ?? 0,
      samplingInterval: fixed.samplingInterval,
      counted: 0,
      settled: false,
    };
    const { headerLength, recordLength } = fixed.format;
    const end = headerLength + fixed.recordCount * recordLength;
    message.counted = this.#decoder.decode({
      session,
      message,
      set: 0,
      known,
      view,
      offset: headerLength,
      end,
      viewAt: 0,
      isLate: false,
      nowS: receivedAtUs / US_PER_S,
    });
    session.count('dataRecords', message.counted);
    if (!isDuplicate) session.settle(message, payload.length);
  }

  #describe(format: FixedFormat): Known {
    const known = this.#known.get(format) ?? this.#decoder.describe(format.record, false);
    if (known === undefined) throw new Error('a fixed format is a Template like others');
    this.#known.set(format, known);
    return known;
  }
}
