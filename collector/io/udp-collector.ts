import { formatEndpoint } from '../../core/net/endpoint.ts';
import { DatagramReceiverPool } from '../../runtime/dgram-socket-pool/index.ts';
import { CollectingProcess } from '../collecting/collecting-process.ts';
import { answer, type Answers } from '../query/answers.ts';
import type { FlowStore } from '../store/flow-store.ts';
import { storeCollected } from '../store/store-collected.ts';
import type { CollectorOptions } from './command-line.ts';

/** Flows reach the store at least this often, full batch or not. */
const FLUSH_INTERVAL_MS = 1_000;

/** The Collecting Process on a real socket, writing into a store. */
export class UdpCollector {
  readonly collecting: CollectingProcess;
  readonly #options: CollectorOptions;
  readonly #store: FlowStore;
  readonly #receivers: DatagramReceiverPool;
  readonly #flushTimer: NodeJS.Timeout;
  /** Every write waits for the one before it. */
  #stored: Promise<void> = Promise.resolve();
  #failure: unknown;

  private constructor(
    options: CollectorOptions,
    store: FlowStore,
    collecting: CollectingProcess,
    receivers: DatagramReceiverPool,
  ) {
    this.#options = options;
    this.#store = store;
    this.collecting = collecting;
    this.#receivers = receivers;
    this.#flushTimer = setInterval(() => this.#flush(), FLUSH_INTERVAL_MS);
  }

  /** Rejects with a `SocketError` when the address cannot be had. */
  static async open(options: CollectorOptions, store: FlowStore): Promise<UdpCollector> {
    const collecting = new CollectingProcess(options.config.collecting);
    const { host, port, receiveBufferOctets } = options;
    const receivers = await DatagramReceiverPool.open({
      address: host,
      port,
      receiveBufferOctets,
      onDatagram: (payload, source, receivedAtUs) => collecting.handle({ payload, source: formatEndpoint(source), receivedAtUs }),
    });
    return new UdpCollector(options, store, collecting, receivers);
  }

  /** Datagrams the kernel threw away for want of buffer; `undefined` where the system does not tell. */
  get kernelDrops(): number | undefined {
    return this.#receivers.stats().kernelDrops;
  }

  get endpoint(): string {
    return formatEndpoint(this.#receivers.endpoint);
  }

  /** Stops listening and stores what is left. Rejects when any write to the store failed. */
  async close(): Promise<void> {
    await this.#receivers.close();
    clearInterval(this.#flushTimer);
    this.#flush();
    await this.#stored;
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** What the flows stored so far say. */
  answers(): Promise<Answers> {
    const { config, inventory } = this.#options;
    const { applications, names } = this.collecting;
    return answer(this.#store, { applications, names, inside: config.inside, inventory, policy: config.policy });
  }

  #flush(): void {
    this.collecting.flush();
    this.#stored = this.#stored
      .then(() => storeCollected(this.collecting, this.#store))
      .catch((error: unknown) => void (this.#failure ??= error));
  }
}
