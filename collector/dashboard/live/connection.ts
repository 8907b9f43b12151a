import { signal, type Signal } from '@preact/signals';
import type { LiveRequest, LiveUpdate } from '../../api/view/live-messages.ts';
import type { Control } from '../../api/view/status-view.ts';
import { applyMergePatch } from './merge-patch.ts';

const PROTOCOL = 'flowlab.live.1';
const TOKEN_KEY = 'flowlab.token';
const FIRST_WAIT_MS = 300;
const LONGEST_WAIT_MS = 5_000;

export type Link = 'connecting' | 'connected' | 'lost' | 'token-needed';

/** What is known of a topic now. */
export interface TopicState {
  readonly view: object | undefined;
  /** Why there is none, or no newer one, in a sentence. */
  readonly problem: string | undefined;
}

interface Subscription {
  readonly id: number;
  readonly topic: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly state: Signal<TopicState>;
  version: number | undefined;
}

/** The one connection of the page: comes back by itself, and goes on where each view was. */
export class LiveConnection {
  readonly link = signal<Link>('connecting');
  /** What the server said of a request that was about no view. */
  readonly complaint = signal<string | undefined>(undefined);
  readonly #subscriptions = new Map<number, Subscription>();
  #socket: WebSocket | undefined;
  #lastId = 0;
  #waitMs = FIRST_WAIT_MS;
  #drawn: number | undefined;
  readonly #waiting = new Map<Subscription, TopicState>();

  async open(): Promise<void> {
    const token = sessionStorage.getItem(TOKEN_KEY);
    // The answer to a refused WebSocket is hidden from pages, so another request has to say whether a token is needed.
    const status = await statusOf(token);
    if (status === 401) this.link.value = 'token-needed';
    else if (status === undefined) this.#retry();
    else this.#connect(token);
  }

  /** Tries a token, which is kept until the tab is closed. */
  async useToken(token: string): Promise<boolean> {
    // What no header can carry is no token either.
    if (!/^[\x21-\x7e]+$/.test(token) || (await statusOf(token)) === 401) return false;
    sessionStorage.setItem(TOKEN_KEY, token);
    this.#connect(token);
    return true;
  }

  /** Follows a topic; `end` when it is no longer wanted. */
  follow(topic: string, parameters: Readonly<Record<string, string>>): { state: Signal<TopicState>; end(): void } {
    const id = ++this.#lastId;
    const state = signal<TopicState>({ view: undefined, problem: undefined });
    const subscription: Subscription = { id, topic, parameters, state, version: undefined };
    this.#subscriptions.set(id, subscription);
    this.#subscribe(subscription);
    return {
      state,
      end: () => {
        this.#subscriptions.delete(id);
        this.#waiting.delete(subscription);
        this.#send({ unsubscribe: id });
      },
    };
  }

  control(control: Control): void {
    this.#send({ control });
  }

  #connect(token: string | null): void {
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
    const protocols = [PROTOCOL, ...(token === null ? [] : [`flowlab.token.${base64url(token)}`])];
    const socket = new WebSocket(`${scheme}://${location.host}/api/live`, protocols);
    this.#socket = socket;
    socket.onopen = () => {
      this.link.value = 'connected';
      this.#waitMs = FIRST_WAIT_MS;
      for (const subscription of this.#subscriptions.values()) this.#subscribe(subscription);
    };
    socket.onmessage = ({ data }) => this.#receive(JSON.parse(String(data)) as LiveUpdate);
    socket.onclose = () => this.#retry();
  }

  #retry(): void {
    this.link.value = 'lost';
    setTimeout(() => void this.open(), this.#waitMs);
    this.#waitMs = Math.min(this.#waitMs * 2, LONGEST_WAIT_MS);
  }

  #subscribe({ id, topic, parameters, version }: Subscription): void {
    this.#send({ subscribe: id, topic, parameters, ...(version === undefined ? {} : { version }) });
  }

  #send(request: LiveRequest): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(request));
  }

  #receive(update: LiveUpdate): void {
    if (!('id' in update)) {
      this.complaint.value = update.error;
      return;
    }
    const subscription = this.#subscriptions.get(update.id);
    if (subscription === undefined) return;
    const { view } = this.#waiting.get(subscription) ?? subscription.state.peek();
    if ('error' in update) return this.#show(subscription, { view, problem: update.error });
    if ('patch' in update && update.from !== subscription.version) {
      // A gap, which the protocol does not have; the view as a whole closes it.
      subscription.version = undefined;
      return this.#subscribe(subscription);
    }
    subscription.version = update.version;
    const next = 'view' in update ? update.view : (applyMergePatch(view, update.patch) as object);
    this.#show(subscription, { view: next, problem: undefined });
  }

  /** Draws with the next frame: several updates are drawn once, and none while nobody looks at the tab. */
  #show(subscription: Subscription, state: TopicState): void {
    this.#waiting.set(subscription, state);
    this.#drawn ??= requestAnimationFrame(() => {
      this.#drawn = undefined;
      for (const [{ state: shown }, next] of this.#waiting) shown.value = next;
      this.#waiting.clear();
    });
  }
}

/** Of a request for the status with this token; `undefined` when nobody answers. */
async function statusOf(token: string | null): Promise<number | undefined> {
  const headers = token === null ? undefined : { authorization: `Bearer ${token}` };
  return fetch('/api/view/status', { headers }).then(
    ({ status }) => status,
    () => undefined,
  );
}

const base64url = (text: string): string => btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

export const connection = new LiveConnection();
