import { readMessage, type IpfixIssue, type MessageVisitor } from '../../core/ipfix/message-reader.ts';
import { isSameTemplate, type Template } from '../../core/ipfix/template.ts';
import type { StoredAddress } from '../../core/net/stored-address.ts';
import { BatchQueue } from './batch-queue.ts';
import { CollectedBatch } from './collected-batch.ts';
import type { CollectingConfig } from './config.ts';
import { CollectingCounters, type PlacedIssue } from './counters.ts';
import type { Datagram } from './datagram.ts';
import { NatEventBatch } from './nat-event-batch.ts';
import type { MessageContext } from './message-context.ts';
import { RecordSink, type Queues } from './record-sink.ts';
import { knownTemplate, Session, type KnownTemplate } from './session.ts';
import type { SessionSummary } from './session-summary.ts';

const IPFIX_VERSION = 10;
const HEADER_LENGTH = 16;
/** Faults kept with their place, the latest. */
const MAX_ISSUES = 100;

/**
 * The Collecting Process over UDP (RFC 7011 sections 8 to 10): takes datagrams, keeps Templates and sequence numbers for
 * each Transport Session and Observation Domain, and gives Flow Records and NAT events as batches. No octets make it throw.
 */
export class CollectingProcess {
  readonly counters = new CollectingCounters();
  /** The latest faults, oldest first. */
  readonly issues: PlacedIssue[] = [];
  readonly #config: CollectingConfig;
  readonly #queues: Queues;
  readonly #sink: RecordSink;
  readonly #sessions = new Map<string, Session>();
  readonly #visitor: MessageVisitor;
  /** The Message being read. */
  #source = '';
  #session: Session | undefined;
  #message: MessageContext | undefined;
  #view: DataView = new DataView(new ArrayBuffer(0));

  constructor(config: CollectingConfig) {
    this.#config = config;
    const { batchRows, maxWaitingBatches } = config;
    this.#queues = {
      flows: new BatchQueue(() => new CollectedBatch(batchRows), maxWaitingBatches),
      natEvents: new BatchQueue(() => new NatEventBatch(batchRows), maxWaitingBatches),
    };
    this.#sink = new RecordSink(this.#queues, this.counters, config);
    this.#visitor = {
      template: (_domain, template) => this.#template(template),
      withdrawal: () => void this.counters.ignoredWithdrawals++,
      dataSet: (_domain, templateId, offset, end) => this.#dataSet(templateId, offset, end),
      issue: (issue) => this.#issue(issue),
    };
  }

  /** Names of applications by id, as the exporters sent them (RFC 6759). */
  get applications(): ReadonlyMap<number, string> {
    return this.#sink.applications;
  }

  /** The name that DNS gave an address for, as the exporters saw it: the latest. */
  get names(): ReadonlyMap<StoredAddress, string> {
    return this.#sink.names;
  }

  get sessions(): SessionSummary[] {
    return [...this.#sessions.values()].map((session) => session.summary());
  }

  handle({ payload, source, receivedAtUs }: Datagram): void {
    const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
    this.#source = source;
    this.#view = view;
    this.#session = undefined;
    if (view.byteLength < HEADER_LENGTH || view.getUint16(0) !== IPFIX_VERSION) return void readMessage(view, this.#visitor);
    const message: MessageContext = {
      exportTimeS: view.getUint32(4),
      sequenceNumber: view.getUint32(8),
      receivedAtUs,
      counted: 0,
      settled: false,
    };
    const session = this.#sessionOf(source, view.getUint32(12), receivedAtUs);
    session.lastHeardUs = receivedAtUs;
    this.#session = session;
    if (session.duplicates.seen(message.sequenceNumber, payload)) {
      session.duplicatedMessages++;
      return void this.counters.duplicatedMessages++;
    }
    this.#message = message;
    if (readMessage(view, this.#visitor) === undefined) return;
    this.counters.messages++;
    session.messages++;
    session.octets += payload.length;
    session.skew.add(message.exportTimeS, receivedAtUs);
    this.#settle(session, message);
  }

  /** The next full batch of Flow Records, or `undefined`. */
  poll(): CollectedBatch | undefined {
    return this.#queues.flows.poll();
  }

  /** The next full batch of NAT events, or `undefined`. */
  pollNatEvents(): NatEventBatch | undefined {
    return this.#queues.natEvents.poll();
  }

  /** Makes what is collected so far available to both polls, full batch or not. */
  flush(): void {
    this.#queues.flows.turn();
    this.#queues.natEvents.turn();
  }

  /** Gives a polled batch back for reuse; it must not be touched after. */
  release(batch: CollectedBatch | NatEventBatch): void {
    if (batch instanceof NatEventBatch) this.#queues.natEvents.release(batch);
    else this.#queues.flows.release(batch);
  }

  #sessionOf(source: string, observationDomainId: number, nowUs: number): Session {
    const key = `${observationDomainId} ${source}`;
    const known = this.#sessions.get(key);
    if (known !== undefined) return known;
    if (this.#sessions.size >= this.#config.maxSessions) this.#evictSession();
    const session = new Session(source, observationDomainId, nowUs, this.#config);
    this.#sessions.set(key, session);
    return session;
  }

  #evictSession(): void {
    for (const oldest of this.#sessions.keys()) {
      this.counters.evictedSessions++;
      return void this.#sessions.delete(oldest);
    }
  }

  #settle(session: Session, message: MessageContext): void {
    const { sequence } = session;
    const lostBefore = sequence.lost;
    const verdict = sequence.message(message.sequenceNumber, message.counted);
    message.settled = true;
    this.counters.lost += sequence.lost - lostBefore;
    if (verdict === 'reordered') {
      session.reorderedMessages++;
      this.counters.reorderedMessages++;
    }
    if (verdict !== 'restart') return;
    session.restarts++;
    this.counters.restarts++;
  }

  #template(template: Template): void {
    const { templates } = this.#session as Session;
    const known = templates.get(template.id);
    if (known !== undefined && isSameTemplate(known.template, template)) return;
    if (known === undefined && templates.size >= this.#config.maxTemplates) return void this.counters.refusedTemplates++;
    const compiled = knownTemplate(template);
    if (compiled === undefined) return void this.counters.refusedTemplates++;
    templates.set(template.id, compiled);
    this.#decodePending(this.#session as Session, compiled);
  }

  #dataSet(templateId: number, offset: number, end: number): void {
    const session = this.#session as Session;
    const message = this.#message as MessageContext;
    const known = session.templates.get(templateId);
    if (known === undefined) {
      this.counters.withoutTemplate++;
      session.withoutTemplate++;
      const octets = new Uint8Array(this.#view.buffer, this.#view.byteOffset + offset, end - offset).slice();
      const dropped = session.pending.add({ templateId, octets, message });
      session.droppedSets += dropped;
      this.counters.droppedSets += dropped;
      return;
    }
    this.#decode(session, message, known, this.#view, offset, end);
  }

  #decodePending(session: Session, known: KnownTemplate): void {
    for (const { octets, message } of session.pending.take(known.template.id)) {
      const first = message.sequenceNumber + message.counted;
      const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
      const records = this.#decode(session, message, known, view, 0, octets.length);
      if (message.settled) this.counters.lost -= session.sequence.fill(first >>> 0, records);
    }
  }

  /** Returns how many Data Records the Set held. */
  #decode(session: Session, message: MessageContext, known: KnownTemplate, view: DataView, offset: number, end: number): number {
    const decoded = this.#sink.decode({ session, message, known, view, offset, end });
    message.counted += decoded.records;
    session.dataRecords += decoded.records;
    if (known.purpose !== 'options' && known.purpose !== 'nat-events') session.flowRecords += decoded.records;
    if (decoded.issue !== undefined) this.#issue(decoded.issue);
    return decoded.records;
  }

  #issue(issue: IpfixIssue): void {
    this.counters.malformed++;
    this.#session?.fault(issue.code);
    this.issues.push({ ...issue, source: this.#source, observationDomainId: this.#session?.observationDomainId });
    if (this.issues.length > MAX_ISSUES) this.issues.shift();
  }
}
