import { jsonText, QueryMistake } from '../../api/query-request.ts';
import { Feed } from '../../api/live/feed.ts';
import type { LiveConfig } from '../../api/live/config.ts';
import type { JsonObject } from '../../api/live/merge-patch.ts';
import type { Control } from '../../api/view/status-view.ts';
import type { Topics } from '../../api/view/topic.ts';

/** What a page is shown, and may do. */
export interface ViewSubject {
  /** Asked for again every time: a run that begins anew has others. */
  readonly topics: Topics;
  /** The run as one HTML document, for `/report.html`; `undefined` as long as it goes on. Absent where there is no such thing. */
  report?(): string | undefined;
  /** Without it nothing can be paused. */
  control?(control: Control): void;
}

export interface Question {
  readonly topic: string;
  readonly parameters: ReadonlyMap<string, string>;
}

/** Views that are made at a time: the store answers one question after another, so more would only wait where nobody can call them off. */
const MADE_AT_ONCE = 4;
const FAULT = 'the server made a mistake; its log says more';

/** A view that is followed, by however many. */
export interface Followed {
  readonly question: Question;
  readonly feed: Feed;
  readonly followers: Set<object>;
  /** Why there is no view now. */
  problem: string | undefined;
  revision: number | string | undefined;
  isBeingMade: boolean;
  /** How often it could not be made since it last was, the askers' mistakes aside. */
  failures: number;
  dueAtMs: number;
  unfollowedAtMs: number | undefined;
}

/** All views that are followed. One that several pages follow is made once; one whose topic says that nothing has changed is not made. */
export class Views {
  readonly #config: LiveConfig;
  readonly #subject: ViewSubject;
  readonly #onFault: (error: Error) => void;
  readonly #followed = new Map<string, Followed>();
  readonly #beingMade = new Set<Promise<unknown>>();
  #making = 0;
  #isClosed = false;

  constructor(config: LiveConfig, subject: ViewSubject, onFault: (error: Error) => void) {
    this.#config = config;
    this.#subject = subject;
    this.#onFault = onFault;
  }

  /** One view, as JSON. Rejects with a `QueryMistake` when there is no such topic. */
  async view({ topic, parameters }: Question): Promise<JsonObject> {
    const making = this.#topic(topic).view(parameters);
    this.#beingMade.add(making);
    try {
      // Only what JSON can tell is told, and compared.
      return JSON.parse(jsonText(await making)) as JsonObject;
    } finally {
      this.#beingMade.delete(making);
    }
  }

  /** Makes no more views; resolves when nobody asks the store any longer. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.allSettled(this.#beingMade);
  }

  /** Throws a `QueryMistake` when nothing here can be paused. */
  control(control: Control): void {
    if (this.#subject.control === undefined) throw new QueryMistake('nothing here can be paused or go faster');
    this.#subject.control(control);
  }

  /** Throws a `QueryMistake` when there is no such topic, or when too many views are followed. */
  follow(question: Question, follower: object): Followed {
    this.#topic(question.topic);
    const key = keyOf(question);
    let followed = this.#followed.get(key);
    if (followed === undefined) {
      if (this.#followed.size >= this.#config.maxViews && !this.#forgetOne())
        throw new QueryMistake(`${this.#config.maxViews} views are followed already; close other pages`);
      followed = {
        question,
        feed: new Feed(Date.now(), this.#config.keptPatches),
        followers: new Set(),
        problem: undefined,
        revision: undefined,
        isBeingMade: false,
        failures: 0,
        dueAtMs: 0,
        unfollowedAtMs: undefined,
      };
      this.#followed.set(key, followed);
    }
    followed.followers.add(follower);
    followed.unfollowedAtMs = undefined;
    return followed;
  }

  unfollow(followed: Followed, follower: object): void {
    followed.followers.delete(follower);
    if (followed.followers.size === 0) followed.unfollowedAtMs = performance.now();
  }

  /** Makes what is due, and calls `onMade` with each as it is there. Views nobody came back to are forgotten. */
  makeDue(onMade: (followed: Followed) => void): void {
    const now = performance.now();
    const due: Followed[] = [];
    for (const [key, followed] of this.#followed) {
      const { unfollowedAtMs, isBeingMade, dueAtMs } = followed;
      if (unfollowedAtMs !== undefined && now - unfollowedAtMs > this.#config.resumeMs) this.#followed.delete(key);
      else if (unfollowedAtMs === undefined && !isBeingMade && now >= dueAtMs && this.#isNew(followed)) due.push(followed);
    }
    due.sort((one, other) => one.dueAtMs - other.dueAtMs);
    for (const followed of due.slice(0, Math.max(0, MADE_AT_ONCE - this.#making))) void this.#make(followed, onMade);
  }

  #isNew({ question, revision: made, failures }: Followed): boolean {
    const revision = this.#subject.topics.get(question.topic)?.revision?.();
    // What failed is tried again though nothing has come: why it failed may have passed.
    return failures > 0 || revision === undefined || revision !== made;
  }

  async #make(followed: Followed, onMade: (followed: Followed) => void): Promise<void> {
    const { question, feed } = followed;
    const revision = this.#subject.topics.get(question.topic)?.revision?.();
    const startedAt = performance.now();
    const { intervalMs, maxRetryMs } = this.#config;
    followed.isBeingMade = true;
    this.#making++;
    try {
      feed.accept(await this.view(question));
      followed.problem = undefined;
      followed.failures = 0;
    } catch (error) {
      const isMistake = error instanceof QueryMistake;
      const problem = isMistake ? error.message : FAULT;
      if (!isMistake && followed.problem !== problem) this.#onFault(error as Error);
      followed.problem = problem;
      followed.failures = isMistake ? 0 : followed.failures + 1;
    } finally {
      followed.isBeingMade = false;
      this.#making--;
      followed.revision = revision;
      const endedAt = performance.now();
      // What takes long to make is made more seldom, so that views never take more than half of the store's time.
      followed.dueAtMs = Math.max(startedAt + intervalMs, endedAt + (endedAt - startedAt));
      // Each failure doubles the wait.
      if (followed.failures > 0) followed.dueAtMs += Math.min(maxRetryMs, intervalMs * 2 ** followed.failures);
      onMade(followed);
      if (!this.#isClosed) this.makeDue(onMade);
    }
  }

  #topic(name: string): NonNullable<ReturnType<Topics['get']>> {
    if (this.#isClosed) throw new QueryMistake('the server is being closed');
    const { topics } = this.#subject;
    const topic = topics.get(name);
    if (topic === undefined)
      throw new QueryMistake(`there is no topic "${name.slice(0, 64)}" here, but ${[...topics.keys()].join(', ')}`);
    return topic;
  }

  /** Gives up a view that is only kept for who might come back. */
  #forgetOne(): boolean {
    for (const [key, { unfollowedAtMs }] of this.#followed) if (unfollowedAtMs !== undefined) return this.#followed.delete(key);
    return false;
  }
}

const keyOf = ({ topic, parameters }: Question): string => JSON.stringify([topic, [...parameters].sort()]);
