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
import type { Datagram } from './datagram.ts';
import type { MessageContext } from './message-context.ts';
import type { MessageCounters } from './message-counters.ts';
import { costOfWaiting } from './pending-sets.ts';
import type { SessionRules } from './session-limits.ts';
import type { SessionTable } from './session-table.ts';
import type { Session } from './session.ts';
import type { KnownTemplate, SetDecoder } from './set-decoder.ts';
import type { MessageParts } from './whole-datagram.ts';

const NO_VIEW = new DataView(new ArrayBuffer(0));
const KEEPS_CUT = { keepCut: true };
const US_PER_S = 1e6;

/** Reads Messages that bring their own Templates: IPFIX (RFC 7011) and NetFlow v9 (RFC 3954). */
export class TemplateMessages<Known extends KnownTemplate> implements MessageVisitor {
  readonly #rules: SessionRules;
  readonly #counters: MessageCounters;
  readonly #sessions: SessionTable<Known>;
  readonly #decoder: SetDecoder<Known>;
  /** The Message being read. */
  #datagram: Datagram | undefined;
  #view: DataView = NO_VIEW;
  #isV9 = false;
  #index = 0;
  #set = -1;
  #session: Session<Known> | undefined;
  #message: MessageContext | undefined;
  #isDuplicate = false;
  /** Whether nothing in it is to be read. */
  #isSkipped = false;

  constructor({ rules, sessions, decoder }: MessageParts<Known>, counters: MessageCounters) {
    this.#rules = rules;
    this.#counters = counters;
    this.#sessions = sessions;
    this.#decoder = decoder;
  }

  /** Reads Message number `index`. */
  read(datagram: Datagram, index: number, isV9: boolean): void {
    const { payload } = datagram;
    this.#datagram = datagram;
    this.#look(payload);
    this.#isV9 = isV9;
    this.#index = index;
    this.#set = -1;
    this.#session = undefined;
    this.#message = undefined;
    this.#isDuplicate = false;
    this.#isSkipped = false;
    const header = isV9 ? readV9Packet(this.#view, this) : readMessage(this.#view, this, KEEPS_CUT);
    if (header === undefined) return;
    if (header.length < payload.length) {
      const detail = `the Message has ${header.length} octets of ${payload.length}`;
      this.issue({ code: 'trailing-octets', offset: header.length, detail });
    }
    if (!this.#isDuplicate && datagram.isRemembered !== true) this.#sessionNow.settle(this.#messageNow, payload.length);
  }

  message(header: MessageHeader | V9Header): void {
    const datagram = this.#datagram as Datagram;
    const { receivedAtUs, isReliable, isReceiptTold = true, isRemembered } = datagram;
    const protocol = this.#isV9 ? 'netflow-v9' : 'ipfix';
    this.#session = this.#sessions.of(protocol, header.observationDomainId, datagram);
    // Nothing is doubled on a connection.
    this.#isDuplicate =
      isReliable !== true && isRemembered !== true && this.#session.isDuplicate(header.sequenceNumber, this.#view);
    this.#isSkipped = this.#isDuplicate && !this.#rules.readsDuplicates;
    this.#message = {
      index: this.#index,
      protocol,
      receivedAtUs,
      exportTimeS: header.exportTimeS,
      exportTimeUs: exportTimeUs(header.exportTimeS, 0, receivedAtUs / US_PER_S),
      tellsTime: isReceiptTold,
      uptimeMs: 'uptimeMs' in header ? header.uptimeMs : undefined,
      sequenceNumber: header.sequenceNumber,
      samplingInterval: 0,
      isRemembered,
      counted: 0,
      settled: false,
    };
  }

  set(): void {
    this.#set++;
  }

  /** Only over UDP does a Template grow old (RFC 7011 section 8.4); else it holds until it is withdrawn or the session ends (section 8.1). */
  template(_domain: number, template: Template): void {
    if (this.#isSkipped) return;
    const { receivedAtUs, isReliable } = this.#datagram as Datagram;
    if (template.scopeFieldCount > 0) this.#counters.optionsTemplates++;
    else this.#counters.templates++;
    const { templates } = this.#sessionNow;
    if (!templates.has(template.id)) this.#sessions.makeRoomForTemplate();
    const nowS = receivedAtUs / US_PER_S;
    const definition = templates.define(template, isReliable === true ? Infinity : nowS);
    if (definition === 'changed') this.#counters.redefinedTemplates++;
    if (definition === 'refused') return void this.#counters.refusedTemplates++;
    this.#decodePending(template.id, nowS);
  }

  /** Over UDP a withdrawal must be ignored (RFC 7011 section 8.4). */
  withdrawal(_domain: number, templateId: number, kind: TemplateKind): void {
    if (this.#isSkipped) return;
    this.#counters.withdrawals++;
    if (this.#datagram?.isReliable !== true) return void this.#counters.ignoredWithdrawals++;
    const { templates } = this.#sessionNow;
    if (templateId < FIRST_TEMPLATE_ID) templates.withdrawAll(kind === 'options-template');
    else templates.withdraw(templateId);
  }

  dataSet(_domain: number, templateId: number, offset: number, end: number): void {
    if (this.#isSkipped) return;
    const session = this.#sessionNow;
    const message = this.#messageNow;
    const nowS = message.receivedAtUs / US_PER_S;
    const known = session.templates.get(templateId, nowS);
    const isOnlyToTeach = this.#datagram?.isRemembered === true;
    if (isOnlyToTeach && (known === undefined || known.template.scopeFieldCount === 0)) return;
    if (known === undefined) return this.#keep(templateId, offset, end);
    const records = this.#decoder.decode({
      session,
      message,
      set: this.#set,
      known,
      view: this.#view,
      offset,
      end,
      viewAt: 0,
      isLate: false,
      nowS,
    });
    if (isOnlyToTeach) return;
    message.counted += records;
    session.countRecords(records);
  }

  issue(issue: IpfixIssue): void {
    if (this.#isSkipped) return;
    const { source } = this.#datagram as Datagram;
    this.#decoder.issue(issue, { index: this.#index, source, session: this.#session });
  }

  /** Who reads into one buffer again and again shows the same octets of it. */
  #look({ buffer, byteOffset, byteLength }: Uint8Array): void {
    const view = this.#view;
    if (view.buffer === buffer && view.byteOffset === byteOffset && view.byteLength === byteLength) return;
    this.#view = new DataView(buffer, byteOffset, byteLength);
  }

  get #sessionNow(): Session<Known> {
    return this.#session as Session<Known>;
  }

  get #messageNow(): MessageContext {
    return this.#message as MessageContext;
  }

  #keep(templateId: number, offset: number, end: number): void {
    const session = this.#sessionNow;
    session.count('withoutTemplate');
    this.#sessions.makeRoomForSet(costOfWaiting(end - offset), session);
    const octets = new Uint8Array(this.#view.buffer, this.#view.byteOffset + offset, end - offset).slice();
    const waiting = { templateId, set: this.#set, offset, octets, message: this.#messageNow };
    session.count('droppedSets', session.pending.add(waiting));
  }

  #decodePending(templateId: number, nowS: number): void {
    const session = this.#sessionNow;
    if (session.pending.size === 0) return;
    const known = session.templates.get(templateId, nowS);
    for (const { octets, message, set, offset } of session.pending.take(templateId)) {
      if (known === undefined || nowS - message.receivedAtUs / US_PER_S > this.#rules.pendingLifetimeS) {
        session.count('droppedSets');
        continue;
      }
      const flowsBefore = session.tally.flowRecords;
      const records = this.#decoder.decode({
        session,
        message,
        set,
        known,
        view: new DataView(octets.buffer),
        offset: 0,
        end: octets.length,
        viewAt: offset,
        isLate: true,
        nowS,
      });
      session.settleLate(message, records, session.tally.flowRecords - flowsBefore);
      message.counted += records;
      session.countRecords(records);
    }
  }
}
