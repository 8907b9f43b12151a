import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { apiSchema } from '../../../collector/api/config.ts';
import { QueryMistake } from '../../../collector/api/query-request.ts';
import type { Control } from '../../../collector/api/view/status-view.ts';
import type { Topic } from '../../../collector/api/view/topic.ts';
import { applyMergePatch } from '../../../collector/dashboard/live/merge-patch.ts';
import { ApiServer } from '../../../collector/io/api-server.ts';

const TOKEN = 'a-token/with,odd=characters';
const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close();
});

interface Update {
  readonly id?: number;
  readonly version?: number;
  readonly from?: number;
  readonly view?: unknown;
  readonly patch?: unknown;
  readonly error?: string;
}

/** A server of one topic that is a number with company, and what it was told to do. */
async function serve(settings: Record<string, unknown> = {}) {
  const state = { number: 1, weight: '', made: 0, tries: 0 };
  const controls: Control[] = [];
  const faults: Error[] = [];
  const number: Topic = {
    revision: () => `${state.number}`,
    view: (parameters) => {
      if (parameters.has('wrong')) return Promise.reject(new QueryMistake('that makes no sense'));
      if (parameters.has('passing') && ++state.tries <= 3) return Promise.reject(new Error('the store is busy'));
      if (parameters.has('broken') && ++state.tries) return Promise.reject(new TypeError('a secret of ours'));
      state.made++;
      return Promise.resolve({ number: state.number, weight: state.weight, same: 'always' });
    },
  };
  const { live, ...api } = settings;
  const config = apiSchema.parse({ listen: '127.0.0.1:0', live: { intervalMs: 20, ...(live as object) }, ...api });
  const server = await ApiServer.open(config, {
    reasonsNotReady: () => [],
    answerQuery: undefined,
    views: { topics: new Map([['number', number]]), control: (control) => controls.push(control) },
    onFault: (error) => faults.push(error),
  });
  opened.push(server);
  return { state, controls, faults, host: server.endpoint };
}

/** A page that keeps what it got. */
async function connect(host: string, protocols: string[] = ['flowlab.live.1'], headers: Record<string, string> = {}) {
  const socket = new WebSocket(`ws://${host}/api/live`, protocols, { headers });
  opened.push({ close: () => socket.terminate() });
  const updates: Update[] = [];
  socket.on('message', (data: Buffer) => updates.push(JSON.parse(data.toString()) as Update));
  const refused = new Promise<number>((resolve) =>
    socket.on('unexpected-response', (_request, { statusCode }) => resolve(statusCode ?? 0)),
  );
  const closed = new Promise<number>((resolve) => socket.on('close', resolve));
  socket.on('error', () => undefined);
  const isOpen = await Promise.race([new Promise<true>((resolve) => socket.on('open', () => resolve(true))), refused]);
  return {
    socket,
    updates,
    isOpen: isOpen === true,
    status: isOpen,
    closed,
    ask: (request: unknown) => socket.send(JSON.stringify(request)),
    until: (count: number) => expect.poll(() => updates.length, { timeout: 5_000 }).toBeGreaterThanOrEqual(count),
  };
}

const shownBy = (updates: readonly Update[]): unknown =>
  updates.reduce<unknown>(
    (shown, { view, patch }) => (patch === undefined ? (view ?? shown) : applyMergePatch(shown, patch)),
    undefined,
  );

describe('a page that is connected', () => {
  it('gets the view, then only what changes, and nothing after it has enough', async () => {
    const { state, host } = await serve();
    const page = await connect(host);
    page.ask({ subscribe: 7, topic: 'number' });
    await page.until(1);
    state.number = 2;
    await page.until(2);
    const [first, second] = page.updates;
    expect(first).toMatchObject({ id: 7, view: { number: 1, same: 'always' } });
    expect(second).toEqual({ id: 7, version: (first?.version ?? 0) + 1, from: first?.version, patch: { number: 2 } });
    page.ask({ unsubscribe: 7 });
    await new Promise((resolve) => setTimeout(resolve, 100));
    state.number = 3;
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(page.updates).toHaveLength(2);
  });

  it('is shown a view that could not be made for a passing reason, though nothing new has come', async () => {
    const { host } = await serve();
    const page = await connect(host);
    page.ask({ subscribe: 1, topic: 'number', parameters: { passing: '' } });
    await page.until(2);
    const [failed, made] = page.updates;
    expect(failed?.error).toMatch('made a mistake');
    expect(made?.view).toMatchObject({ number: 1 });
  });

  it('does not have a view that always fails tried all the time', async () => {
    const { state, host } = await serve({ live: { maxRetryMs: 200 } });
    const page = await connect(host);
    page.ask({ subscribe: 1, topic: 'number', parameters: { broken: '' } });
    await page.until(1);
    // 40, 80, 160, then 200 and 200 milliseconds.
    await new Promise((resolve) => setTimeout(resolve, 800));
    expect(state.tries).toBeGreaterThan(3);
    expect(state.tries).toBeLessThanOrEqual(6);
    expect(page.updates).toHaveLength(1);
  });

  it('is told at most so often, and a view that cannot have changed is not made again', async () => {
    const { state, host } = await serve({ live: { intervalMs: 100 } });
    const page = await connect(host);
    page.ask({ subscribe: 1, topic: 'number' });
    await page.until(1);
    const timer = setInterval(() => state.number++, 5);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    clearInterval(timer);
    expect(page.updates.length).toBeLessThanOrEqual(12);
    expect(page.updates.length).toBeGreaterThan(2);
    await new Promise((resolve) => setTimeout(resolve, 250));
    const { made } = state;
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(state.made).toBe(made);
  });

  it('goes on where it was when it comes back, and starts anew when it was away too long', async () => {
    const { state, host } = await serve({ live: { keptPatches: 2 } });
    const watcher = await connect(host);
    watcher.ask({ subscribe: 1, topic: 'number' });
    const away = await connect(host);
    away.ask({ subscribe: 1, topic: 'number' });
    await away.until(1);
    const { version } = away.updates[0] ?? {};
    away.socket.terminate();
    state.number = 2;
    await watcher.until(2);
    const back = await connect(host);
    back.ask({ subscribe: 5, topic: 'number', version });
    await back.until(1);
    expect(back.updates[0]).toMatchObject({ id: 5, from: version, patch: { number: 2 } });
    for (const [index, number] of [3, 4, 5].entries()) {
      state.number = number;
      await watcher.until(3 + index);
    }
    const late = await connect(host);
    late.ask({ subscribe: 1, topic: 'number', version });
    await late.until(1);
    expect(late.updates[0]).toMatchObject({ view: { number: 5 } });
    expect(shownBy(watcher.updates)).toEqual(shownBy(late.updates));
  });

  it('gets whole views once it has caught up when it reads slowly, and others wait for nothing', async () => {
    const { state, host } = await serve({ live: { maxBufferedOctets: 200_000 } });
    const [slow, fast] = [await connect(host), await connect(host)];
    for (const page of [slow, fast]) page.ask({ subscribe: 1, topic: 'number' });
    await Promise.all([slow.until(1), fast.until(1)]);
    slow.socket.pause();
    for (let round = 0; round < 40; round++) {
      state.weight = String(round % 10).repeat(500_000);
      state.number++;
      await fast.until(2 + round);
    }
    slow.socket.resume();
    await expect.poll(() => (shownBy(slow.updates) as { number: number }).number, { timeout: 10_000 }).toBe(state.number);
    expect(slow.updates.length).toBeLessThan(fast.updates.length);
    expect(slow.updates.slice(1).some(({ view }) => view !== undefined)).toBe(true);
    expect(fast.updates.slice(1).every(({ patch }) => patch !== undefined)).toBe(true);
  }, 30_000);

  it('learns in a sentence why there is no view, and of our faults nothing', async () => {
    const { faults, host } = await serve();
    const page = await connect(host);
    page.ask({ subscribe: 1, topic: 'number', parameters: { wrong: '1' } });
    page.ask({ subscribe: 2, topic: 'number', parameters: { broken: '1' } });
    page.ask({ subscribe: 3, topic: 'nothing' });
    page.socket.send('{');
    await page.until(4);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(page.updates.toSorted((one, other) => (one.id ?? 9) - (other.id ?? 9))).toEqual([
      { id: 1, error: 'that makes no sense' },
      { id: 2, error: 'the server made a mistake; its log says more' },
      { id: 3, error: 'there is no topic "nothing" here, but number' },
      { error: 'the message is not JSON' },
    ]);
    expect(faults.map(({ message }) => message)).toEqual(['a secret of ours']);
  });

  it('may pause and hasten what can be', async () => {
    const { controls, host } = await serve();
    const page = await connect(host);
    page.ask({ control: { paused: true } });
    page.ask({ control: { speed: 'max' } });
    page.ask({ control: { speed: -1 } });
    await page.until(1);
    expect(controls).toEqual([{ paused: true }, { speed: 'max' }]);
    expect(page.updates[0]?.error).toContain('the message must be');
  });
});

describe('limits', () => {
  it('of pages, of views of a page, and of the size and number of messages', async () => {
    const { host } = await serve({ live: { maxClients: 2, maxSubscriptions: 2, maxMessageOctets: 300, maxMessagesPerS: 5 } });
    const [page, chatty] = [await connect(host), await connect(host)];
    expect((await connect(host)).status).toBe(503);
    for (const id of [1, 2, 3]) page.ask({ subscribe: id, topic: 'number' });
    await page.until(3);
    expect(page.updates).toContainEqual({ id: 3, error: 'one page may follow 2 views' });
    page.ask({ subscribe: 4, topic: 'x'.repeat(400) });
    expect(await page.closed).toBe(1009);
    for (let count = 0; count < 6; count++) chatty.ask({ unsubscribe: 1 });
    expect(await chatty.closed).toBe(1008);
  });

  it('end a page at whose other end nobody answers', async () => {
    const { host } = await serve({ live: { maxStalledMs: 200 } });
    const [dead, alive] = [await connect(host), await connect(host)];
    dead.socket.pause();
    await new Promise((resolve) => setTimeout(resolve, 700));
    dead.socket.resume();
    expect(await dead.closed).toBe(1006);
    expect(alive.socket.readyState).toBe(WebSocket.OPEN);
  });
});

describe('who may not ask, may not listen either', () => {
  const bearer = (token: string): string => `flowlab.token.${Buffer.from(token).toString('base64url')}`;

  it.each([
    ['a page of another origin', {}, { origin: 'https://elsewhere.example' }, 403],
    ['a host that somebody else has pointed here', {}, { host: 'rebound.example' }, 403],
    ['nobody who has no token', { token: TOKEN }, {}, 401],
  ])('%s', async (_who, settings, headers, status) => {
    const { host } = await serve(settings);
    expect((await connect(host, ['flowlab.live.1'], headers)).status).toBe(status);
  });

  it('a token is the right one or none, and is not sent back', async () => {
    const { host } = await serve({ token: TOKEN });
    expect((await connect(host, ['flowlab.live.1', bearer('another-token-of-theirs')])).status).toBe(401);
    const page = await connect(host, ['flowlab.live.1', bearer(TOKEN)]);
    expect(page.isOpen).toBe(true);
    expect(page.socket.protocol).toBe('flowlab.live.1');
    expect((await fetch(`http://${host}/api/view/number`)).status).toBe(401);
  });

  it('only one address is a WebSocket', async () => {
    const { host } = await serve();
    const socket = new WebSocket(`ws://${host}/healthz`);
    const status = await new Promise((resolve) =>
      socket.on('unexpected-response', (_request, response) => resolve(response.statusCode)),
    );
    expect(status).toBe(404);
  });
});

describe('a view over HTTP', () => {
  it('is JSON; what makes no sense is a sentence', async () => {
    const { host } = await serve();
    const ask = async (path: string) => {
      const response = await fetch(`http://${host}${path}`);
      return [response.status, await response.json()];
    };
    expect(await ask('/api/view/number')).toEqual([200, { number: 1, weight: '', same: 'always' }]);
    expect(await ask('/api/view/number?wrong=1')).toEqual([400, { error: 'that makes no sense' }]);
    expect(await ask('/api/view/number?a=1&a=2')).toEqual([400, { error: 'parameters must be given once each, 32 at most' }]);
    expect(await ask('/api/view/nothing')).toEqual([400, { error: 'there is no topic "nothing" here, but number' }]);
  });
});

it('whatever a page sends, the server answers the next one', async () => {
  const { host, faults } = await serve({ live: { maxMessagesPerS: 1_000 } });
  const request = fc.oneof(
    fc.string(),
    fc.json(),
    fc.record({ subscribe: fc.anything(), topic: fc.constantFrom('number', '__proto__', ''), parameters: fc.anything(), version: fc.anything() }).map((each) => JSON.stringify(each, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value))), // prettier-ignore
    fc.uint8Array({ maxLength: 50 }).map((octets) => Buffer.from(octets)),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(request, { maxLength: 20 }), async (requests) => {
      const page = await connect(host);
      for (const each of requests) page.socket.send(each);
      page.socket.terminate();
    }),
    { numRuns: 60 },
  );
  const page = await connect(host);
  page.ask({ subscribe: 1, topic: 'number' });
  await page.until(1);
  expect(page.updates[0]).toMatchObject({ view: { number: 1 } });
  expect(faults).toEqual([]);
}, 30_000);
