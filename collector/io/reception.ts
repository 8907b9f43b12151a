import type { CollectingProcess } from '../collecting/collecting-process.ts';
import type { Datagram } from '../collecting/datagram.ts';
import type { CollectorConfig } from '../config.ts';
import type { IntakeCounts } from '../counting/collector-counts.ts';
import { AllowList } from '../listening/allow-list.ts';
import type { MessageTaker } from '../listening/streamed-messages.ts';
import type { FlowStore } from '../store/flow-store.ts';
import { journalOf } from '../store/journal/journal.ts';
import { Slots } from '../store/journal/slots.ts';
import { SpooledStore } from '../store/spooled-store.ts';
import { Inbox } from './inbox.ts';
import { kernelDropsOf, Listening, type ListenerStats } from './listening.ts';
import { ReceivingThread } from './receiving-thread.ts';

/** All that is received: datagrams in a thread of their own, from which they come in blocks; connections, which make their senders wait, here. */
export class Reception {
  readonly inbox: Inbox;
  readonly #thread: ReceivingThread | undefined;
  readonly #streams: Listening;
  /** For each listener as configured: whether it is one for datagrams. */
  readonly #areDatagrams: readonly boolean[];

  private constructor(inbox: Inbox, thread: ReceivingThread | undefined, streams: Listening, areDatagrams: readonly boolean[]) {
    this.inbox = inbox;
    this.#thread = thread;
    this.#streams = streams;
    this.#areDatagrams = areDatagrams;
  }

  /** Opens all or none. Rejects with an Error of one sentence when an address, a file or what an earlier run left cannot be had. */
  static async open(
    { listen, allow, journal: config, spool }: CollectorConfig,
    store: FlowStore,
    collecting: CollectingProcess,
    taker: MessageTaker,
  ): Promise<Reception> {
    const slots = new Slots(config.memoryOctets);
    const kept =
      store instanceof SpooledStore
        ? { path: store.path, nextIds: () => store.nextIds, isSynced: spool.sync === 'always' }
        : undefined;
    const inbox = new Inbox(collecting, (datagram: Datagram) => taker.handle(datagram), slots, kept);
    const { chunk, block } = inbox.journal?.next ?? { chunk: 0, block: 0 };
    const areDatagrams = listen.map(({ at }) => at.transport === 'udp');
    const ofKind = (isDatagrams: boolean): typeof listen => listen.filter((_, index) => areDatagrams[index] === isDatagrams);
    let streams: Listening | undefined;
    try {
      streams = await Listening.open(ofKind(false), new AllowList(allow), taker);
      const task = {
        listen: ofKind(true),
        allow,
        memory: slots.memory,
        journal: kept === undefined ? undefined : { directory: journalOf(kept.path), config, chunk },
        block,
      };
      const thread = task.listen.length > 0 ? await ReceivingThread.begin(task, (received) => inbox.take(received)) : undefined;
      return new Reception(inbox, thread, streams, areDatagrams);
    } catch (error) {
      await streams?.close();
      inbox.close(false);
      throw error;
    }
  }

  /** Of each listener, in the order they were configured; of datagrams within a second, or later while receiving waits for room. */
  stats(): ListenerStats[] {
    const datagrams = [...(this.#thread?.stats ?? [])];
    const streams = this.#streams.stats();
    return this.#areDatagrams.map((isDatagrams) => (isDatagrams ? datagrams : streams).shift() as ListenerStats);
  }

  /** Datagrams the kernel threw away for want of buffer; `undefined` where the system does not tell. */
  get kernelDrops(): number | undefined {
    return kernelDropsOf(this.stats());
  }

  /** Of all UDP sockets together; `undefined` where there is none. */
  get intake(): IntakeCounts | undefined {
    const sockets = this.stats().filter((stats) => stats.transport === 'udp');
    if (sockets.length === 0) return undefined;
    const sum = (of: (stats: (typeof sockets)[number]) => number): number =>
      sockets.reduce((total, stats) => total + of(stats), 0);
    return {
      datagrams: this.inbox.decoded,
      waitingDatagrams: this.inbox.waiting,
      refusedDatagrams: sum(({ refused }) => refused),
      kernelDrops: this.kernelDrops,
      askedBufferOctets: sum(({ askedBufferOctets }) => askedBufferOctets),
      gotBufferOctets: sum(({ receiveBufferOctets, receivers }) => receiveBufferOctets * receivers),
    };
  }

  /** Why datagrams are received no more, in one sentence; `undefined` while they are. */
  get failure(): string | undefined {
    return this.#thread?.failure;
  }

  /** Why what waits would be lost, or stored twice, if the program was killed, in one sentence; `undefined` while all is well. */
  get journalFailure(): string | undefined {
    return this.#thread?.failure ?? this.#thread?.journalFailure ?? this.inbox.journal?.failure;
  }

  /** Resolves when no more comes, and what came is decoded as far as that can be done within so many milliseconds. */
  async close(withinMs: number): Promise<void> {
    await this.#streams.close();
    await this.#thread?.close();
    await this.inbox.settle(withinMs);
  }
}
