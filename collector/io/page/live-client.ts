import type { RawData, WebSocket } from 'ws';
import { readLiveRequest } from '../../api/live/live-request.ts';
import type { LiveConfig } from '../../api/live/config.ts';
import { QueryMistake } from '../../api/query-request.ts';
import type { LiveUpdate } from '../../api/view/live-messages.ts';
import type { Followed, Views } from './views.ts';

const POLICY_VIOLATION = 1008;
const UNSUPPORTED_DATA = 1003;
const SECOND_MS = 1_000;

interface Subscription {
  readonly followed: Followed;
  /** What the page has; `undefined` before the first view. */
  version: number | undefined;
  problem: string | undefined;
  /** Whether it was left out because the page reads slowly. */
  isBehind: boolean;
}

/** One page's connection: its subscriptions, and how much of them it has. */
export class LiveClient {
  readonly #socket: WebSocket;
  readonly #views: Views;
  readonly #config: LiveConfig;
  readonly #subscriptions = new Map<number, Subscription>();
  #messages = 0;
  #secondBeganAt = 0;
  #heardAt = performance.now();
  #pingedAt = performance.now();

  constructor(socket: WebSocket, views: Views, config: LiveConfig) {
    this.#socket = socket;
    this.#views = views;
    this.#config = config;
    socket.on('message', (data, isBinary) => this.#receive(data, isBinary));
    socket.on('pong', () => (this.#heardAt = performance.now()));
    // What is no WebSocket ends the connection; `close` follows.
    socket.on('error', () => undefined);
    socket.on('close', () => this.#forget());
  }

  /** Sends what is new, where the page keeps up. */
  update(): void {
    for (const [id, subscription] of this.#subscriptions) this.#updateOne(id, subscription);
  }

  /** Ends a connection at whose other end nobody reads or answers. */
  checkAlive(): void {
    const now = performance.now();
    const { maxStalledMs } = this.#config;
    if (now - this.#heardAt > maxStalledMs) return this.end();
    if (now - this.#pingedAt < maxStalledMs / 3) return;
    this.#pingedAt = now;
    this.#socket.ping();
  }

  end(): void {
    this.#socket.terminate();
  }

  #receive(data: RawData, isBinary: boolean): void {
    const now = performance.now();
    if (now - this.#secondBeganAt > SECOND_MS) [this.#secondBeganAt, this.#messages] = [now, 0];
    if (++this.#messages > this.#config.maxMessagesPerS) return this.#socket.close(POLICY_VIOLATION, 'too many messages');
    if (isBinary) return this.#socket.close(UNSUPPORTED_DATA, 'messages are text');
    let id: number | undefined;
    try {
      const request = readLiveRequest(textOf(data));
      if ('control' in request) this.#views.control(request.control);
      else if ('unsubscribe' in request) this.#unsubscribe(request.unsubscribe);
      else {
        id = request.subscribe;
        this.#subscribe(id, request.topic, new Map(Object.entries(request.parameters ?? {})), request.version);
      }
    } catch (error) {
      if (!(error instanceof QueryMistake)) throw error;
      this.#send(id === undefined ? { error: error.message } : { id, error: error.message });
    }
  }

  #subscribe(id: number, topic: string, parameters: ReadonlyMap<string, string>, version: number | undefined): void {
    this.#unsubscribe(id);
    if (this.#subscriptions.size >= this.#config.maxSubscriptions)
      throw new QueryMistake(`one page may follow ${this.#config.maxSubscriptions} views`);
    const followed = this.#views.follow({ topic, parameters }, this);
    const subscription = { followed, version, problem: undefined, isBehind: false };
    this.#subscriptions.set(id, subscription);
    this.#updateOne(id, subscription);
  }

  #unsubscribe(id: number): void {
    const subscription = this.#subscriptions.get(id);
    if (subscription === undefined) return;
    this.#subscriptions.delete(id);
    const isFollowedTwice = [...this.#subscriptions.values()].some(({ followed }) => followed === subscription.followed);
    if (!isFollowedTwice) this.#views.unfollow(subscription.followed, this);
  }

  #updateOne(id: number, subscription: Subscription): void {
    const { feed, problem } = subscription.followed;
    if (problem === subscription.problem && (problem !== undefined || feed.isEmpty || feed.version === subscription.version))
      return;
    if (this.#socket.bufferedAmount > this.#config.maxBufferedOctets) {
      subscription.isBehind = true;
      return;
    }
    if (problem !== undefined) {
      subscription.problem = problem;
      return this.#send({ id, error: problem });
    }
    // After a problem or a gap, the view as a whole.
    const isWhole = subscription.isBehind || subscription.problem !== undefined;
    for (const update of feed.since(isWhole ? undefined : subscription.version)) this.#send({ id, ...update });
    [subscription.version, subscription.isBehind, subscription.problem] = [feed.version, false, undefined];
  }

  #send(update: LiveUpdate): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(JSON.stringify(update));
  }

  #forget(): void {
    for (const { followed } of this.#subscriptions.values()) this.#views.unfollow(followed, this);
    this.#subscriptions.clear();
  }
}

const textOf = (data: RawData): string =>
  (Array.isArray(data) ? Buffer.concat(data) : data instanceof ArrayBuffer ? Buffer.from(data) : data).toString('utf8');
