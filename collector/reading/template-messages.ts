import { exportTimeUs } from '../../core/ipfix/flow-time.ts';
import {
  readMessage,
  type IpfixIssue,
  type MessageHeader,
  type MessageVisitor,
  type TemplateKind,
} from '../../core/ipfix/message-reader.ts';
import { FIRST_TEMPLATE_ID, type Template } from '../../core/ipfix/template.ts';
import { readV9Packet, type V9Header } from '../../core/netflow/v9-reader.ts';
import type { ReadingConfig } from './config.ts';
import type { ReadingCounters } from './counters.ts';
import type { MessageContext } from './message-context.ts';
import type { ExportDatagram } from './record.ts';
import type { Session } from './session.ts';
import type { SessionTable } from './session-table.ts';
import { SetDecoder, type ReadingSink } from './set-decoder.ts';

const NO_VIEW = new DataView(new ArrayBuffer(0));

/** Reads Messages that bring their own Templates: IPFIX (RFC 7011) and NetFlow v9 (RFC 3954). */
export class TemplateMessages implements MessageVisitor {
  readonly #counters: ReadingCounters;
  readonly #sessions: SessionTable;
  readonly #sink: ReadingSink;
  readonly #decoder: SetDecoder;
  readonly #pendingLifetimeS: number;
  /** The Message being read. */
  #datagram: ExportDatagram | undefined;
  #view: DataView = NO_VIEW;
  #isV9 = false;
  #index = 0;
  #set = -1;
  #session: Session | undefined;
  #message: MessageContext | undefined;

  constructor(config: ReadingConfig, counters: ReadingCounters, sessions: SessionTable, sink: ReadingSink) {
    this.#counters = counters;
    this.#sessions = sessions;
    this.#sink = sink;
    this.#decoder = new SetDecoder(sink, config.maxListDepth);
    this.#pendingLifetimeS = config.pendingLifetimeS;
  }

  /** Reads Message number `index`. */
  read(datagram: ExportDatagram, index: number, isV9: boolean): void {
    const { payload } = datagram;
    this.#datagram = datagram;
    this.#view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
    this.#isV9 = isV9;
    this.#index = index;
    this.#set = -1;
    this.#session = undefined;
    this.#message = undefined;
    const header = isV9 ? readV9Packet(this.#view, this) : readMessage(this.#view, this, { keepCut: true });
    if (header === undefined) return;
    if (header.length < payload.length) {
      const detail = `the Message has ${header.length} octets of ${payload.length}`;
      this.issue({ code: 'trailing-octets', offset: header.length, detail });
    }
    const message = this.#message as unknown as MessageContext;
    message.settled = true;
    const units = isV9 ? 1 : message.counted;
    (this.#session as unknown as Session).account(header.sequenceNumber, units, payload, message.uptimeMs);
  }

  message(header: MessageHeader | V9Header): void {
    const { source, receivedAtS } = this.#datagram as ExportDatagram;
    const protocol = this.#isV9 ? 'netflow-v9' : 'ipfix';
    const domain = header.observationDomainId;
    this.#session = this.#sessions.of({ protocol, source, domain });
    this.#message = {
      index: this.#index,
      source,
      domain,
      protocol,
      receivedAtS,
      exportTimeUs: exportTimeUs(header.exportTimeS, 0, receivedAtS),
      uptimeMs: 'uptimeMs' in header ? header.uptimeMs : undefined,
      sequenceNumber: header.sequenceNumber,
      counted: 0,
      settled: false,
    };
  }

  set(): void {
    this.#set++;
  }

  /** Only over UDP does a Template grow old (RFC 7011 section 8.4); else it holds until it is withdrawn or the session ends (section 8.1). */
  template(_domain: number, template: Template): void {
    const { receivedAtS, isReliable } = this.#datagram as ExportDatagram;
    if (template.scopeFieldCount > 0) this.#counters.optionsTemplates++;
    else this.#counters.templates++;
    const { templates } = this.#session as Session;
    const definition = templates.define(template, isReliable ? Infinity : receivedAtS);
    if (definition === 'changed') this.#counters.redefinedTemplates++;
    if (definition === 'refused') return void this.#counters.refusedTemplates++;
    this.#decodePending(template.id, receivedAtS);
  }

  /** Over UDP a withdrawal must be ignored (RFC 7011 section 8.4). */
  withdrawal(_domain: number, templateId: number, kind: TemplateKind): void {
    this.#counters.withdrawals++;
    if (!(this.#datagram as ExportDatagram).isReliable) return void this.#counters.ignoredWithdrawals++;
    const { templates } = this.#session as Session;
    if (templateId < FIRST_TEMPLATE_ID) templates.withdrawAll(kind === 'options-template');
    else templates.withdraw(templateId);
  }

  dataSet(_domain: number, templateId: number, offset: number, end: number): void {
    const session = this.#session as Session;
    const message = this.#message as MessageContext;
    const { receivedAtS } = message;
    const described = session.templates.get(templateId, receivedAtS);
    const view = this.#view;
    if (described === undefined) {
      this.#counters.noTemplateSets++;
      const octets = new Uint8Array(view.buffer, view.byteOffset + offset, end - offset).slice();
      this.#counters.droppedSets += session.pending.add({ templateId, set: this.#set, octets, message });
      return;
    }
    const records = this.#decoder.decode({
      session,
      message,
      set: this.#set,
      described,
      view,
      offset,
      end,
      isLate: false,
      nowS: receivedAtS,
    });
    message.counted += records;
    session.records += records;
  }

  issue(issue: IpfixIssue): void {
    this.#sink.issue(issue, this.#index);
  }

  #decodePending(templateId: number, nowS: number): void {
    const session = this.#session as Session;
    const described = session.templates.get(templateId, nowS);
    const waited = session.pending.take(templateId);
    const sets = waited.filter(({ message }) => nowS - message.receivedAtS <= this.#pendingLifetimeS);
    this.#counters.droppedSets += waited.length - sets.length;
    if (described === undefined) return;
    for (const { octets, message, set } of sets) {
      const view = new DataView(octets.buffer);
      const first = message.sequenceNumber + message.counted;
      const records = this.#decoder.decode({
        session,
        message,
        set,
        described,
        view,
        offset: 0,
        end: octets.length,
        isLate: true,
        nowS,
      });
      message.counted += records;
      session.records += records;
      if (message.settled && !this.#isV9) session.accountLate(first, records);
    }
  }
}
