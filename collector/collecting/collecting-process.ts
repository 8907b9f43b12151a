import { sharedMemory } from '../../core/flow/flow-batch.ts';
import type { IpfixIssue } from '../../core/ipfix/message-reader.ts';
import type { Template } from '../../core/ipfix/template.ts';
import type { StoredAddress } from '../../core/net/stored-address.ts';
import { BatchQueue } from './batch-queue.ts';
import { CollectedBatch } from './collected-batch.ts';
import { ColumnDecoder, type Queues } from './column-decoder.ts';
import { WrittenColumns } from './collected-rows.ts';
import type { CompiledTemplate } from './compiled-template.ts';
import type { CollectingConfig } from './config.ts';
import { CollectingCounters, type PlacedIssue } from './counters.ts';
import type { Datagram } from './datagram.ts';
import { ExportMessages } from './export-messages.ts';
import { askedAddress, exporterAddress } from './exporter-address.ts';
import type { ApplicationName, Label } from './label.ts';
import { NatEventBatch } from './nat-event-batch.ts';
import type { SessionKey } from './session.ts';
import type { SessionCounts, SessionSummary } from './session-summary.ts';

/**
 * The Collecting Process (RFC 7011 sections 8 to 10): takes what exporters send in NetFlow v1, v5, v7 and v9, IPFIX or sFlow v5, keeps Templates
 * and sequence numbers for each Transport Session and Observation Domain, and gives Flow Records and NAT events as batches. No octets make it
 * throw.
 */
export class CollectingProcess {
  readonly counters = new CollectingCounters();
  readonly #queues: Queues;
  readonly #decoder: ColumnDecoder;
  readonly #messages: ExportMessages<CompiledTemplate>;

  constructor(config: CollectingConfig) {
    const { batchRows, maxWaitingBatches } = config;
    this.#queues = {
      flows: new BatchQueue(() => new CollectedBatch(batchRows, new WrittenColumns(), sharedMemory), maxWaitingBatches),
      natEvents: new BatchQueue(() => new NatEventBatch(batchRows, sharedMemory), maxWaitingBatches),
    };
    this.#decoder = new ColumnDecoder(this.#queues, this.counters, config);
    this.#messages = new ExportMessages({ ...config, readsDuplicates: false }, this.counters, this.#decoder);
  }

  /** The latest faults, oldest first. */
  get issues(): readonly PlacedIssue[] {
    return this.#decoder.issues;
  }

  /** Names of application ids, as the exporters sent them (RFC 6759): the latest for each id of an exporter and domain. */
  get applications(): ApplicationName[] {
    return [...this.#decoder.options.applications.values()];
  }

  /** The name that DNS gave an address for, as the exporters saw it: the latest. */
  get names(): ReadonlyMap<StoredAddress, string> {
    return this.#decoder.options.names;
  }

  /** What is known of each session there is, the one heard longest ago first. */
  get sessions(): SessionSummary[] {
    return this.#messages.sessions.all.map((session) => session.summary());
  }

  /** Who sends; the address is 0 of who cannot be asked for by it, and an exporter with several sessions comes several times. */
  get exporters(): { readonly address: StoredAddress; readonly observationDomainId: number }[] {
    return this.#messages.sessions.all.map(({ key: { source, domain } }) => ({
      address: askedAddress(exporterAddress(source)),
      observationDomainId: domain,
    }));
  }

  /** What was counted of the sessions that are forgotten: with those of `sessions` all that ever was. */
  get forgotten(): SessionCounts {
    return this.#messages.sessions.forgotten.counts();
  }

  /** What an ID means in a session; `undefined` when there is no such session or Template. */
  templateOf({ protocol, source, domain }: Pick<SessionKey, 'protocol' | 'source' | 'domain'>, id: number): Template | undefined {
    const session = this.#messages.sessions.all.find(
      ({ key }) => key.protocol === protocol && key.source === source && key.domain === domain,
    );
    return session?.templates.peek(id)?.template;
  }

  /** Takes a datagram, or one Message of a connection. */
  handle(datagram: Datagram): void {
    if (this.#messages.handle(datagram)) return;
    const { payload, source } = datagram;
    const detail = `${payload.length} octets are of no version of NetFlow, IPFIX or sFlow that is known`;
    this.#decoder.issue({ code: 'message-version', offset: 0, detail }, { index: 0, source, session: undefined });
  }

  /** A connection over TCP or TLS brought what is no Message: beside the Message that is next, of the session it was used for last. */
  issue(issue: IpfixIssue, source: string): void {
    const { received, sessions } = this.#messages;
    this.#decoder.issue(issue, { index: received, source, session: sessions.connectedFrom(source) });
  }

  /** A connection over TCP or TLS has ended: its Templates mean nothing any more (RFC 7011 section 8.1). */
  endSession(source: string): void {
    this.#messages.sessions.end(source);
  }

  /** Full batches that wait to be polled. */
  get waitingBatches(): number {
    return this.#queues.flows.waiting + this.#queues.natEvents.waiting;
  }

  /** The next full batch of Flow Records, or `undefined`. */
  poll(): CollectedBatch | undefined {
    return this.#queues.flows.poll();
  }

  /** The next full batch of NAT events, or `undefined`. */
  pollNatEvents(): NatEventBatch | undefined {
    return this.#queues.natEvents.poll();
  }

  /** Gives a polled batch back to be polled again, before all others. */
  putBack(batch: CollectedBatch | NatEventBatch): void {
    if (batch instanceof NatEventBatch) this.#queues.natEvents.putBack(batch);
    else this.#queues.flows.putBack(batch);
  }

  /** Names that are new or have changed since the last call. */
  pollLabels(): readonly Label[] {
    return this.#decoder.options.pollLabels();
  }

  /** Makes what is collected so far available to both polls, full batch or not. */
  flush(): void {
    this.#queues.flows.flush();
    this.#queues.natEvents.flush();
  }

  /** `listener` is called when a batch of either kind waits to be polled. */
  onWaiting(listener: () => void): void {
    this.#queues.flows.onWaiting = listener;
    this.#queues.natEvents.onWaiting = listener;
  }

  /** The store had no room for a polled batch: its records are in no place. */
  countNotStored(batch: CollectedBatch | NatEventBatch): void {
    if (batch instanceof NatEventBatch) this.counters.notStoredNatEvents += batch.length;
    else this.counters.notStoredFlows += batch.length;
  }

  /** Gives a polled batch back for reuse; it must not be touched after. */
  release(batch: CollectedBatch | NatEventBatch): void {
    if (batch instanceof NatEventBatch) this.#queues.natEvents.release(batch);
    else this.#queues.flows.release(batch);
  }
}
