import { spawnSync } from 'node:child_process';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { apiSchema, type ApiConfig } from '../../../collector/api/config.ts';
import { ExporterRows } from '../../../collector/api/exporter-rows.ts';
import { metricFamilies } from '../../../collector/api/metrics.ts';
import { QueryMistake, type AnswerQuery } from '../../../collector/api/query-request.ts';
import { SessionTally } from '../../../collector/collecting/session-tally.ts';
import type { StoreState } from '../../../collector/api/readiness.ts';
import { reasonsNotReady } from '../../../collector/api/readiness.ts';
import { CollectingProcess } from '../../../collector/collecting/collecting-process.ts';
import { collectingSchema } from '../../../collector/collecting/config.ts';
import { reconcile } from '../../../collector/counting/reconciliation.ts';
import { MetricsPage } from '../../../collector/io/api-metrics.ts';
import { ApiServer } from '../../../collector/io/api-server.ts';
import { parseEndpoint } from '../../../core/net/endpoint.ts';
import { hasProgram } from '../../support/outside-program.ts';
import { flow, FLOWS, message } from '../support/exporter.ts';

const TOKEN = 'a-token-nobody-guesses';
const servers: ApiServer[] = [];
afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())));

interface Served {
  readonly url: string;
  readonly port: number;
  readonly faults: Error[];
  readonly collecting: CollectingProcess;
  state: StoreState;
}

const NOTHING_TAKEN = { datagrams: 0, waitingDatagrams: 0, refusedDatagrams: 0, kernelDrops: 0 };

/** A server over a collector that has taken one Message of two flows. */
async function serve(settings: Partial<Record<keyof ApiConfig, unknown>> = {}, answerQuery?: AnswerQuery): Promise<Served> {
  const collecting = new CollectingProcess(collectingSchema.parse({}));
  const payload = message({ templates: [FLOWS], records: [flow(1), flow(2)] });
  collecting.handle({ payload, source: '192.0.2.1:4739', receivedAtUs: 0 });
  const faults: Error[] = [];
  const served = { url: '', port: 0, faults, collecting, state: { kind: 'storing' } as StoreState };
  const intake = { ...NOTHING_TAKEN, datagrams: 1, askedBufferOctets: 4_194_304, gotBufferOctets: 425_984 };
  const counts = () => ({
    sessions: collecting.sessions,
    evictedSessions: 0,
    forgotten: new SessionTally().counts(),
    otherDatagrams: 0,
    intake,
    droppedFlows: 0,
    droppedNatEvents: 0,
    notStoredFlows: 0,
    notStoredNatEvents: 0,
  });
  const config = apiSchema.parse({ listen: '127.0.0.1:0', ...settings });
  const rows = new ExporterRows(config.maxExporterLabels);
  const { counters } = collecting;
  const measured = () => ({
    counters,
    rows: rows.update(collecting.sessions),
    sessions: 1,
    intake,
    store: served.state,
    unwatchedRows: 0,
    isReady: true,
  });
  const server = await ApiServer.open(config, {
    metrics: new MetricsPage(() => metricFamilies(measured())),
    reasonsNotReady: () => reasonsNotReady({ isListening: true, store: served.state }),
    reconciliation: () => reconcile(counts()),
    answerQuery,
    onFault: (error) => faults.push(error),
  });
  servers.push(server);
  served.port = parseEndpoint(server.endpoint)?.port ?? 0;
  served.url = `http://${server.endpoint}`;
  return served;
}

/** Sends octets as they are and reads until the other side ends. */
function raw(port: number, text: string, waitMs = 3_000): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    let answer = '';
    const timer = setTimeout(() => socket.destroy(), waitMs);
    socket.on('data', (octets) => (answer += octets.toString('latin1')));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(answer);
    });
  });
}

const get = (port: number, path: string, ...headers: string[]): Promise<string> =>
  raw(port, [`GET ${path} HTTP/1.1`, ...headers, 'Connection: close', '', ''].join('\r\n'));
const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1]);
const bodyOf = (answer: string): string => answer.slice(answer.indexOf('\r\n\r\n') + 4);

describe('what the server tells', () => {
  it('is alive, and ready only while the store stores, with the reason', async () => {
    const served = await serve();
    expect(await (await fetch(`${served.url}/healthz`)).json()).toEqual({ status: 'ok' });
    expect((await fetch(`${served.url}/readyz`)).status).toBe(200);
    served.state = { kind: 'full', reason: 'no room is left on the disk' };
    const answer = await fetch(`${served.url}/readyz`);
    expect(answer.status).toBe(503);
    expect(await answer.json()).toEqual({ status: 'not ready', reasons: ['the store is full: no room is left on the disk'] });
  });

  it('has metrics that Prometheus reads, and promtool finds nothing to say about', async () => {
    const { url, collecting } = await serve();
    const answer = await fetch(`${url}/metrics`);
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    const page = await answer.text();
    expect(page).toContain('\nflowlab_collector_flows_total 2\n');
    expect(page).toContain('\nflowlab_collector_exporter_data_records_total{exporter="192.0.2.1",domain="1"} 2\n');
    expect(page).toMatch(/\n# TYPE flowlab_collector_lost_records gauge\n/);
    if (hasProgram('promtool'))
      expect(spawnSync('promtool', ['check', 'metrics'], { input: page, encoding: 'utf8' }).stderr).toBe('');
    collecting.handle({ payload: message({ sequenceNumber: 2, records: [flow(3)] }), source: '192.0.2.1:4739', receivedAtUs: 0 });
    const later = await (await fetch(`${url}/metrics`)).text();
    expect(later).toContain('\nflowlab_collector_flows_total 3\n');
    expect(later).toContain('\nflowlab_collector_exporter_data_records_total{exporter="192.0.2.1",domain="1"} 3\n');
    for (const line of later.split('\n')) expect(line).toMatch(/^(#.*|[a-zA-Z_][a-zA-Z0-9_]*(\{.*\})? [-+0-9.eEInfNa]+|)$/);
  });

  it('says of each exporter where its records went', async () => {
    const { url } = await serve();
    expect(await (await fetch(`${url}/api/exporters`)).json()).toMatchObject({
      exporters: [
        {
          exporter: '192.0.2.1:4739',
          domain: 1,
          protocol: 'ipfix',
          dataRecords: 2,
          lost: 0,
          // Received when 1970 began.
          clock: {
            now: { boundMs: 500, driftPpm: 0, messages: 1 },
            doubts: ['too-few-messages'],
            flags: { untimed: 2, future: 0 },
          },
          sentence:
            '192.0.2.1:4739, domain 1: 2 records decoded; none lost; its clock is 20500 days ahead, within 500 ms, beside the delay on the way; ' +
            'it cannot be known better yet: too few Messages; 2 records without a time; it does not say itself how many records it sent',
        },
      ],
      intake: { datagrams: 1, kernelDrops: 0 },
      sentences: [],
    });
  });

  it('answers questions in words and in SQL, with whole numbers that stay what they are', async () => {
    const { url } = await serve({}, (request) =>
      Promise.resolve({
        columns: ['asked', 'octets'],
        rows: [[`${request.language} ${request.text}`, 2n ** 60n]],
        isCut: false,
        notes: [],
      }),
    );
    const post = (body: string, type: string) =>
      fetch(`${url}/api/query`, { method: 'POST', body, headers: { 'content-type': type } });
    const inWords = await post('top people', 'text/plain');
    expect(await inWords.json()).toEqual({
      columns: ['asked', 'octets'],
      rows: [['text top people', '1152921504606846976']],
      isCut: false,
      notes: [],
    });
    const inSql = await post('{"sql": "SELECT 1"}', 'application/json');
    expect(await inSql.json()).toMatchObject({ rows: [['sql SELECT 1', '1152921504606846976']] });
    const neither = await post('{"sql": "SELECT 1", "query": "top"}', 'application/json');
    expect([neither.status, await neither.json()]).toEqual([
      400,
      { error: 'the body must be {"query": "..."} or {"sql": "..."}' },
    ]);
    const stray = await post('{"file": "/etc/passwd"}', 'application/json');
    expect([stray.status, await stray.json()]).toEqual([
      400,
      { error: 'the body has an unknown key "file", known are query and sql' },
    ]);
  });

  it('tells a mistake in the question to whoever asked, and one of ours only to the log', async () => {
    const { url, faults } = await serve({}, ({ text }) =>
      Promise.reject(text === 'mistaken' ? new QueryMistake('there is no column "byts"') : new Error('secret at /home/store')),
    );
    const ask = (body: string) => fetch(`${url}/api/query`, { method: 'POST', body, headers: { 'content-type': 'text/plain' } });
    const mistaken = await ask('mistaken');
    expect([mistaken.status, await mistaken.json()]).toEqual([400, { error: 'there is no column "byts"' }]);
    const ours = await ask('ours');
    expect([ours.status, await ours.json()]).toEqual([500, { error: 'the collector made a mistake; its log says more' }]);
    expect(faults.map(({ message: text }) => text)).toEqual(['secret at /home/store']);
  });

  it('answers only so many questions at a time', async () => {
    const waiting: (() => void)[] = [];
    const { url } = await serve(
      { maxQueries: 1 },
      () => new Promise((resolve) => waiting.push(() => resolve({ columns: [], rows: [], isCut: false, notes: [] }))),
    );
    const ask = () => fetch(`${url}/api/query`, { method: 'POST', body: 'top', headers: { 'content-type': 'text/plain' } });
    const first = ask();
    await expect.poll(() => waiting.length).toBe(1);
    expect((await ask()).status).toBe(429);
    waiting[0]?.();
    expect((await first).status).toBe(200);
  });
});

describe('requests that are not to be answered', () => {
  it('have a Host somebody else pointed here, two, or none', async () => {
    const { port } = await serve({ allowedHosts: ['flows.example'] });
    expect(statusOf(await get(port, '/healthz', 'Host: attacker.example'))).toBe(403);
    expect(statusOf(await get(port, '/healthz', 'Host: localhost.attacker.example:8080'))).toBe(403);
    expect(statusOf(await get(port, '/healthz', 'Host: localhost', 'Host: attacker.example'))).toBe(400);
    expect(statusOf(await get(port, '/healthz'))).toBe(400);
    expect(statusOf(await raw(port, 'GET /healthz HTTP/1.0\r\n\r\n'))).toBe(400);
    for (const host of [`127.0.0.1:${port}`, 'localhost', 'LOCALHOST:80', '[::1]:8080', 'Flows.example'])
      expect(statusOf(await get(port, '/healthz', `Host: ${host}`))).toBe(200);
    // RFC 9112 section 3.2.2: a request-target that names a host stands in the place of Host.
    expect(statusOf(await get(port, 'http://attacker.example/healthz', 'Host: localhost'))).toBe(403);
    expect(statusOf(await get(port, 'http://localhost/healthz', 'Host: attacker.example'))).toBe(200);
  });

  it('come from pages of another site', async () => {
    const { port } = await serve({ allowedOrigins: ['https://grafana.example'] });
    const host = `Host: 127.0.0.1:${port}`;
    for (const origin of ['https://attacker.example', 'null', 'http://127.0.0.1:1', `https://127.0.0.1:${port}`])
      expect(statusOf(await get(port, '/metrics', host, `Origin: ${origin}`))).toBe(403);
    expect(statusOf(await get(port, '/metrics', host, 'Sec-Fetch-Site: cross-site'))).toBe(403);
    expect(statusOf(await get(port, '/metrics', host, `Origin: http://127.0.0.1:${port}`))).toBe(200);
    expect(statusOf(await get(port, '/metrics', host, 'Origin: https://grafana.example'))).toBe(200);
    const preflight = await raw(
      port,
      `OPTIONS /api/query HTTP/1.1\r\n${host}\r\nOrigin: https://attacker.example\r\nAccess-Control-Request-Method: POST\r\nConnection: close\r\n\r\n`,
    );
    expect(statusOf(preflight)).toBe(403);
    expect(preflight.toLowerCase()).not.toContain('access-control-allow');
  });

  it('do not bring the token, on any path', async () => {
    const { port } = await serve({ token: TOKEN });
    for (const path of ['/healthz', '/readyz', '/metrics', '/api/exporters', '/nothing']) {
      const answer = await get(port, path, 'Host: localhost');
      expect(statusOf(answer)).toBe(401);
      expect(answer).toContain('www-authenticate: Bearer');
      for (const wrong of ['Bearer ', 'Bearer wrong', `Bearer ${TOKEN}x`, `Basic ${TOKEN}`, TOKEN])
        expect(statusOf(await get(port, path, 'Host: localhost', `Authorization: ${wrong}`))).toBe(401);
    }
    expect(statusOf(await get(port, '/metrics', 'Host: localhost', `Authorization: Bearer ${TOKEN}`))).toBe(200);
  });

  it('are too large, malformed or of a type that pages can send unasked', async () => {
    const { port, url } = await serve({ maxBodyOctets: 1_000, maxHeaderOctets: 2_000 }, () =>
      Promise.resolve({ columns: [], rows: [], isCut: false, notes: [] }),
    );
    const post = (body: string, type: string) =>
      fetch(`${url}/api/query`, { method: 'POST', body, headers: { 'content-type': type } });
    expect((await post(`"${'x'.repeat(1_000)}"`, 'application/json')).status).toBe(413);
    expect((await post('{"sql"', 'application/json')).status).toBe(400);
    expect((await post('{"__proto__": {"sql": "SELECT 1"}}', 'application/json')).status).toBe(400);
    expect((await post('sql=SELECT', 'application/x-www-form-urlencoded')).status).toBe(415);
    expect(statusOf(await get(port, '/healthz', 'Host: localhost', `X: ${'x'.repeat(3_000)}`))).toBe(431);
    expect(statusOf(await get(port, `/${'x'.repeat(1_500)}%`, 'Host: localhost'))).toBe(400);
    expect(statusOf(await raw(port, '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n'))).toBe(400);
    const smuggled = `POST /api/query HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n`;
    expect(await raw(port, smuggled)).toMatch(/^HTTP\/1\.1 400 /);
  });

  it('are told in one sentence of JSON, without a stack, under headers that keep browsers out', async () => {
    const { port } = await serve();
    for (const answer of [
      await get(port, '/nothing', 'Host: localhost'),
      await get(port, '/metrics', 'Host: attacker.example'),
      await get(port, '/%zz', 'Host: localhost'),
      await raw(port, 'nonsense\r\n\r\n'),
    ]) {
      expect(statusOf(answer)).toBeGreaterThanOrEqual(400);
      expect(Object.keys(JSON.parse(bodyOf(answer)) as object)).toEqual(['error']);
      expect(answer).not.toMatch(/at .*\.(ts|js)|node:|stack/);
      expect(answer).toContain('x-content-type-options: nosniff');
      expect(answer).toContain("content-security-policy: default-src 'none'; frame-ancestors 'none'");
    }
  });

  it('come too slowly, or from too many connections', async () => {
    const { port } = await serve({ requestTimeoutMs: 300, maxConnections: 2 });
    const begunAt = Date.now();
    expect(statusOf(await raw(port, 'GET /healthz HTTP/1.1\r\nHost: local'))).toBe(408);
    expect(Date.now() - begunAt).toBeLessThan(2_500);
    const idle = [connect(port, '127.0.0.1'), connect(port, '127.0.0.1')];
    await Promise.all(idle.map((socket) => new Promise((resolve) => socket.on('connect', resolve))));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await raw(port, 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n', 200)).toBe('');
    for (const socket of idle) socket.destroy();
  });
});

describe('the end', () => {
  it('comes at once, whoever is connected and whatever is asked', async () => {
    const { port, url } = await serve({}, () => new Promise(() => undefined));
    const idle = connect(port, '127.0.0.1');
    idle.on('error', () => undefined);
    const hanging = fetch(`${url}/api/query`, { method: 'POST', body: 'top', headers: { 'content-type': 'text/plain' } }).catch(
      () => 'ended',
    );
    await new Promise((resolve) => setTimeout(resolve, 100));
    const begunAt = Date.now();
    await servers.pop()?.close();
    expect(Date.now() - begunAt).toBeLessThan(1_000);
    expect(await hanging).toBe('ended');
    idle.destroy();
  });

  it('never begins where a port is in use, in one sentence', async () => {
    const { port } = await serve();
    await expect(serve({ listen: `127.0.0.1:${port}` })).rejects.toThrow(
      `cannot serve the API on 127.0.0.1:${port}: the port is in use`,
    );
  });
});
