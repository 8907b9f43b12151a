import type { IpfixIssue } from '../../core/ipfix/message-reader.ts';
import { CollectingProcess } from '../collecting/collecting-process.ts';
import type { Datagram } from '../collecting/datagram.ts';
import type { Alert } from '../detect/alert.ts';
import type { MessageTaker } from '../listening/streamed-messages.ts';
import { answer, type Answers } from '../query/answers.ts';
import type { FlowStore, StoreState } from '../store/flow-store.ts';
import { storeCollected } from '../store/store-collected.ts';
import type { CollectorOptions } from './command-line.ts';
import { DetectionThread } from './detection-thread.ts';
import { LabelKeeper } from './label-keeper.ts';
import { Reception } from './reception.ts';
import type { Tapped } from './page/wire-tap.ts';

/** Full batches are stored at once; flows reach the store at least this often, full batch or not. */
const FLUSH_INTERVAL_MS = 1_000;

/** What listeners hand on to the Collecting Process. */
class Intake implements MessageTaker {
  /** Whether connections end because the collector does: what came over them is still to be told, so they are not forgotten. */
  isEnding = false;
  /** Somebody looks at datagrams as they come. */
  tap: ((datagram: Datagram) => void) | undefined;
  readonly #collecting: CollectingProcess;

  constructor(collecting: CollectingProcess) {
    this.#collecting = collecting;
  }

  handle(datagram: Datagram): void {
    // Before it is read: whoever looks sees it as it came.
    if (this.tap !== undefined) this.tap(datagram);
    this.#collecting.handle(datagram);
  }

  issue(issue: IpfixIssue, source: string): void {
    this.#collecting.issue(issue, source);
  }

  endSession(source: string): void {
    if (!this.isEnding) this.#collecting.endSession(source);
  }
}

/** The Collecting Process on real sockets, writing into a store. */
export class FlowCollector {
  readonly collecting: CollectingProcess;
  readonly #options: CollectorOptions;
  readonly #store: FlowStore;
  readonly #intake: Intake;
  readonly #reception: Reception;
  readonly #labels: LabelKeeper;
  readonly #detection: DetectionThread;
  readonly #timer: NodeJS.Timeout;
  /** Every write waits for the one before it. */
  #stored: Promise<void> = Promise.resolve();
  #failure: unknown;
  #storedFlows = 0;
  #storedNatEvents = 0;

  private constructor(
    options: CollectorOptions,
    store: FlowStore,
    collecting: CollectingProcess,
    intake: Intake,
    reception: Reception,
  ) {
    this.#options = options;
    this.#store = store;
    this.collecting = collecting;
    this.#intake = intake;
    this.#reception = reception;
    this.#labels = new LabelKeeper(store);
    const { config, inventory } = options;
    this.#detection = new DetectionThread({
      watched: { inside: config.inside, inventory, policy: config.policy },
      config: config.detect,
      maxNames: config.collecting.maxNames,
    });
    this.#timer = setInterval(() => this.#flush(), FLUSH_INTERVAL_MS);
    collecting.onWaiting(() => this.#storeFull());
  }

  /** Rejects with an Error of one sentence when an address cannot be had. */
  static async open(options: CollectorOptions, store: FlowStore): Promise<FlowCollector> {
    const collecting = new CollectingProcess(options.config.collecting);
    const intake = new Intake(collecting);
    const reception = await Reception.open(options.config, store, collecting, intake);
    return new FlowCollector(options, store, collecting, intake, reception);
  }

  /** Where datagrams can be looked at as they come. */
  get tapped(): Tapped {
    return this.#intake;
  }

  get reception(): Reception {
    return this.#reception;
  }

  /** What the store said when it could not store first; `undefined` while it can. */
  get storeFailure(): unknown {
    return this.#failure;
  }

  /** Whether the store has room for what comes now. */
  get storeState(): StoreState {
    return this.#store.state ?? { kind: 'storing' };
  }

  /** Flow Records that were stored, or could not be, when all were stored last. */
  get storedFlows(): number {
    return this.#storedFlows;
  }

  /** The same of NAT events. */
  get storedNatEvents(): number {
    return this.#storedNatEvents;
  }

  /** Why the store does not delete old records as it is to. */
  get retentionFailure(): string | undefined {
    return this.#store.retentionFailure;
  }

  /** Stops listening and stores what is left. Rejects when any write to the store failed. */
  async close(): Promise<void> {
    this.#intake.isEnding = true;
    await this.#reception.close(this.#options.config.spool.closeMs);
    clearInterval(this.#timer);
    this.#flush();
    await this.#stored;
    this.#reception.inbox.close(this.#failure === undefined);
    await this.#detection.settle();
    await this.#labels.keep([]);
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** What became of detection, which goes on beside collecting. */
  get detection(): Pick<DetectionThread, 'unwatchedRows' | 'failure'> {
    return this.#detection;
  }

  /** What was noticed in the flows since it was opened, the oldest first. */
  get alerts(): Alert[] {
    return this.#detection.alerts;
  }

  /** The same as long as `alerts` are. */
  get alertTellings(): number {
    return this.#detection.tellings;
  }

  /** What the flows stored so far say. */
  answers(): Promise<Answers> {
    const { config, inventory } = this.#options;
    const { applications, names } = this.collecting;
    return answer(this.#store, { applications, names, inside: config.inside, inventory });
  }

  #flush(): void {
    this.collecting.flush();
    const { flows, natEvents } = this.collecting.counters;
    this.#storeFull();
    void this.#stored.then(() => {
      this.#storedFlows = flows;
      this.#storedNatEvents = natEvents;
    });
    // What could not be kept before is tried again.
    void this.#labels.keep([]);
  }

  #storeFull(): void {
    // Names go before the records that came after them.
    const labels = this.collecting.pollLabels();
    this.#detection.learn(labels);
    if (labels.length > 0) void this.#labels.keep(labels);
    this.#stored = this.#stored
      .then(() => storeCollected(this.collecting, this.#store, [this.#detection], this.#reception.inbox))
      .catch((error: unknown) => void (this.#failure ??= error));
  }
}
