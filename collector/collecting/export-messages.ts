import type { Datagram } from './datagram.ts';
import type { ExportProtocol } from './export-protocol.ts';
import { FixedMessages } from './fixed-messages.ts';
import type { MessageCounters } from './message-counters.ts';
import type { SessionRules } from './session-limits.ts';
import { SessionTable } from './session-table.ts';
import type { KnownTemplate, SetDecoder } from './set-decoder.ts';
import { SFlowMessages } from './sflow-messages.ts';
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
export function protocolOf(payload: Uint8Array): ExportProtocol | undefined {
  if (payload.length < 4) return undefined;
  const version = word(payload, 0);
  return version === 0 && word(payload, 2) === SFLOW_VERSION ? 'sflow' : VERSIONS[version];
}

const word = (octets: Uint8Array, at: number): number => (octets[at] as number) * 256 + (octets[at + 1] as number);

/** Reads what exporters send, whatever protocol they speak; `decoder` turns Sets into records. No octets make it throw. */
export class ExportMessages<Known extends KnownTemplate> {
  readonly sessions: SessionTable<Known>;
  readonly #counters: MessageCounters;
  readonly #templated: TemplateMessages<Known>;
  readonly #fixed: FixedMessages<Known>;
  readonly #sflow: SFlowMessages<Known>;
  /** Datagrams of a version that is known: the number of the next one. */
  #received = 0;

  constructor(rules: SessionRules, counters: MessageCounters, decoder: SetDecoder<Known>) {
    this.#counters = counters;
    this.sessions = new SessionTable(rules, counters, decoder);
    const parts = { rules, sessions: this.sessions, decoder };
    this.#templated = new TemplateMessages(parts, counters);
    this.#fixed = new FixedMessages(parts);
    this.#sflow = new SFlowMessages(parts);
  }

  get received(): number {
    return this.#received;
  }

  /** Reads a datagram, or a Message of a file or a connection; `false` when it is of no version that is known. */
  handle(datagram: Datagram): boolean {
    const protocol = protocolOf(datagram.payload);
    if (protocol === undefined) {
      this.#counters.otherDatagrams++;
      return false;
    }
    const index = this.#received++;
    const read = this.#read;
    if (protocol === 'sflow') this.#sflow.read(datagram, index);
    else if (protocol === 'ipfix' || protocol === 'netflow-v9') this.#templated.read(datagram, index, protocol === 'netflow-v9');
    else this.#fixed.read(datagram, index);
    if (this.#read === read && datagram.isRemembered !== true) this.#counters.headlessDatagrams++;
    return true;
  }

  /** Messages with a header, second copies too. */
  get #read(): number {
    return this.#counters.messages + this.#counters.duplicatedMessages;
  }
}
