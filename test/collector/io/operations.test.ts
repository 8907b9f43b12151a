import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { flow, FLOWS, message } from '../support/exporter.ts';

interface Running {
  readonly lines: string[];
  readonly errors: () => string;
  line(of: RegExp): Promise<RegExpExecArray>;
  end(): void;
  readonly ended: Promise<number | null>;
}

function collector(...args: readonly string[]): Running {
  const child = spawn(process.execPath, ['--import', 'tsx', 'collector/main.ts', '--listen', '127.0.0.1:0', ...args]);
  const lines: string[] = [];
  let [rest, stderr] = ['', ''];
  child.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
  child.stdout.on('data', (text: Buffer) => {
    const parts = (rest + text.toString()).split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts);
  });
  const find = (of: RegExp): RegExpExecArray | undefined =>
    lines.map((line) => of.exec(line)).find((match) => match !== null) ?? undefined;
  return {
    lines,
    errors: () => stderr,
    line: async (of) => {
      await expect.poll(() => find(of) !== undefined, { timeout: 15_000 }).toBe(true);
      return find(of) as RegExpExecArray;
    },
    end: () => void child.kill('SIGTERM'),
    ended: new Promise((resolve) => child.on('close', resolve)),
  };
}

async function send(port: number, payloads: readonly Uint8Array[]): Promise<void> {
  const socket = createSocket('udp4');
  for (const payload of payloads) await new Promise((resolve) => socket.send(payload, port, '127.0.0.1', resolve));
  socket.close();
}

/** Ten records are missing between them. */
const LOSSY = [
  message({ templates: [FLOWS], records: [flow(1), flow(2)] }),
  message({ sequenceNumber: 12, records: [flow(3)] }),
  new Uint8Array([0, 77, 0, 0]),
];

describe('the collector program, for whoever runs it', { timeout: 40_000 }, () => {
  it('answers HTTP, logs JSON with codes, and ends at once whoever is connected', async () => {
    const running = collector('--api', '127.0.0.1:0', '--every', '0', '--set', 'log.format=json');
    const [, port] = await running.line(/"code":"listening".*"msg":"listening on 127\.0\.0\.1:(\d+)"/);
    const [, api] = await running.line(/"code":"api-listening".*"msg":"answering HTTP on (127\.0\.0\.1:\d+)"/);
    await send(Number(port), LOSSY);
    await running.line(/"code":"loss"/);
    expect(await (await fetch(`http://${api}/readyz`)).json()).toEqual({ status: 'ready' });
    const metrics = await (await fetch(`http://${api}/metrics`)).text();
    expect(metrics).toContain('\nflowlab_collector_lost_records 10\n');
    expect(metrics).toContain('\nflowlab_collector_other_datagrams_total 1\n');
    expect(metrics).toMatch(/\nprocess_cpu_seconds_total \d/);
    const answer = await (await fetch(`http://${api}/api/exporters`)).json();
    expect(answer).toMatchObject({
      exporters: [{ domain: 1, protocol: 'ipfix', dataRecords: 3, lost: 10 }],
      sentences: ['1 datagram came of no version of NetFlow, IPFIX or sFlow'],
    });
    const idle = connect(Number(api?.split(':')[1]), '127.0.0.1');
    idle.on('error', () => undefined);
    await new Promise((resolve) => idle.on('connect', resolve));
    const begunAt = Date.now();
    running.end();
    expect(await running.ended).toBe(0);
    // A second where nothing else runs; what would wait for the connection waits for 10.
    expect(Date.now() - begunAt).toBeLessThan(5_000);
    const events = running.lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    const exporter = expect.stringMatching(/^127\.0\.0\.1:\d+$/) as string;
    expect(events).toContainEqual(expect.objectContaining({ level: 'info', code: 'session-begun', exporter, domain: 1 }));
    expect(events).toContainEqual(expect.objectContaining({ level: 'warn', code: 'loss', exporter, domain: 1, count: 10 }));
    expect(events.map(({ code }) => code)).toContain('account');
    for (const { time } of events) expect(time).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    expect(running.errors()).toBe('');
  });

  it('says as text what is wrong on standard error, and where the records went at the end', async () => {
    const running = collector('--every', '0');
    const [, port] = await running.line(/^listening on 127\.0\.0\.1:(\d+)$/);
    await send(Number(port), LOSSY);
    await expect
      .poll(running.errors, { timeout: 5_000 })
      .toMatch(/^collector: warning: 127\.0\.0\.1:\d+, domain 1: 10 records missing/);
    running.end();
    expect(await running.ended).toBe(0);
    const [table] = await running.line(/^EXPORTER +DOMAIN/);
    expect(table).toBeDefined();
    await running.line(/^127\.0\.0\.1:\d+, domain 1: 3 records decoded; 10 records lost on the way by sequence numbers/);
  });

  it('tells the same of a connection that is open when it ends, and of one that was closed before', async () => {
    const running = collector('--listen', 'tcp://127.0.0.1:0', '--every', '0');
    const [, port] = await running.line(/^listening on tcp:\/\/127\.0\.0\.1:(\d+)/);
    const [open, closed] = [connect(Number(port), '127.0.0.1'), connect(Number(port), '127.0.0.1')];
    const [first, second] = LOSSY as [Uint8Array, Uint8Array];
    const isClosed = new Promise((resolve) => closed.resume().on('close', resolve));
    closed.end(first);
    open.write(first);
    open.write(second);
    await expect.poll(running.errors, { timeout: 5_000 }).toMatch(/domain 1: 10 records missing/);
    await isClosed;
    running.end();
    expect(await running.ended).toBe(0);
    open.destroy();
    await running.line(/^127\.0\.0\.1:\d+ +1 +ipfix +2 +3 +10 /);
    await running.line(/^from exporters that are forgotten and connections that have ended: 2 records decoded in 1 Message$/);
  });

  it('does not start an API for everybody without a token, and says so in one sentence', async () => {
    const running = collector('--api', '0.0.0.0:0');
    expect(await running.ended).toBe(2);
    expect(running.errors()).toBe('collector: --api: "0.0.0.0:0" is not loopback, so api.token is needed\n');
    const nowhere = collector('--api', 'nowhere');
    expect(await nowhere.ended).toBe(2);
    expect(nowhere.errors()).toBe(
      'collector: --api: "nowhere" is neither off nor an address and a port such as 127.0.0.1:8080\n',
    );
  });
});
