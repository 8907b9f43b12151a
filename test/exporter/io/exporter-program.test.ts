import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test, vi } from 'vitest';
import { readMessage } from '../../../core/ipfix/message-reader.ts';
import { VirtualClock } from '../../../core/time/virtual-clock.ts';
import { UdpServer } from '../../../ntp-server/io/udp-server.ts';
import { NtpServer } from '../../../ntp-server/server.ts';
import { startSystemTime } from '../../../runtime/system-time.ts';

const PACKAGE = fileURLToPath(new URL('../../../', import.meta.url));

/** Starts the program, lets it run until `enough` resolves, ends it and says how it ended; `silentMs` for one that says nothing at first. */
async function exporter(args: readonly string[], enough: () => Promise<unknown>, silentMs?: number) {
  const child = spawn(process.execPath, ['--import', 'tsx', 'exporter/main.ts', '--every', '0', ...args], { cwd: PACKAGE });
  onTestFinished(() => void child.kill('SIGKILL'));
  let stderr = '';
  child.stderr.on('data', (data) => (stderr += String(data)));
  const exited = once(child, 'exit');
  await Promise.race([silentMs === undefined ? once(child.stdout, 'data') : sleep(silentMs), exited]);
  await enough();
  child.kill('SIGINT');
  const [code] = (await exited) as [number | null];
  return { code, stderr };
}

/** The Messages of an IPFIX File or stream, told apart by their lengths; throws at what is none. */
function messagesOf(octets: Buffer) {
  const sequences: number[] = [];
  let templates = 0;
  for (let at = 0; at < octets.length;) {
    const view = new DataView(octets.buffer, octets.byteOffset + at, octets.length - at);
    const header = readMessage(view, {
      template: () => void templates++,
      withdrawal: () => undefined,
      dataSet: () => undefined,
      issue: ({ detail }) => {
        throw new Error(detail);
      },
    });
    sequences.push(header?.sequenceNumber ?? -1);
    at += header?.length ?? octets.length;
  }
  return { sequences, templates };
}

test('writes an IPFIX File (RFC 5655): Messages one after the other, Templates first', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'flowlab-file-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const path = join(directory, 'today.ipfix');
  expect(await exporter(['--collector', `file:${path}`], () => sleep(2_000))).toEqual({ code: 0, stderr: '' });
  const { sequences, templates } = messagesOf(readFileSync(path));
  expect(sequences[0]).toBe(0);
  expect(templates).toBeGreaterThan(0);
});

test('exports over TCP, Messages told apart by their length (RFC 7011 section 10.4.3)', async () => {
  const received: Buffer[] = [];
  const server = createServer((socket) => socket.on('data', (data) => void received.push(data)));
  server.listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const { code } = await exporter(['--collector', `tcp://127.0.0.1:${port}`], () => sleep(1_000));
  expect(code).toBe(0);
  expect(messagesOf(Buffer.concat(received)).sequences[0]).toBe(0);
});

test('a pipe that is quiet does not keep it from being ended', async () => {
  const server = createServer((socket) => void socket.resume());
  server.listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const connected = once(server, 'connection');
  const { code } = await exporter(['--collector', `tcp://127.0.0.1:${port}`, '--pcap', '-'], () => connected, 0);
  expect(code).toBe(0);
});

test.each([
  [['--set', 'monitors=[{name: other}]'], 'exporter: --set monitors: only the lab writes further exports\n', 2],
  [['--collector', 'file:/nowhere/x.ipfix'], 'exporter: cannot write /nowhere/x.ipfix: ENOENT\n', 4],
  [['--collector', 'tls://127.0.0.1:9', '--tls-ca', '/nowhere.pem'], 'exporter: cannot read /nowhere.pem: ENOENT\n', 4],
  [
    ['--collector', 'smoke://127.0.0.1:9'],
    /^exporter: option '--collector <where>' argument 'smoke:\/\/127\.0\.0\.1:9' is invalid/,
    2,
  ],
])('%j is answered with one sentence', async (args, sentence, status) => {
  const { code, stderr } = await exporter(args, async () => undefined);
  expect(code).toBe(status);
  expect(stderr).toEqual(typeof sentence === 'string' ? sentence : expect.stringMatching(sentence));
});

test("remembers its clock's frequency in the drift file it begins with, and will not begin with another file", async () => {
  const directory = mkdtempSync(join(tmpdir(), 'flowlab-drift-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const time = startSystemTime();
  const server = new NtpServer({ clock: new VirtualClock(), epoch: time.epoch });
  const udp = await UdpServer.listen({ address: '127.0.0.1', port: 0 }, server, time);
  onTestFinished(() => udp.close());
  const path = join(directory, 'clock.drift');
  writeFileSync(path, '-37.5\n');
  const options = ['--collector', `file:${join(directory, 'x.ipfix')}`, '--ntp', `127.0.0.1:${udp.endpoint.port}`];
  const run = await exporter([...options, '--drift-ppm', '37.5', '--drift-file', path], () => sleep(2_500));
  expect(run).toEqual({ code: 0, stderr: '' });
  expect(server.counters.responded).toBeGreaterThan(0);
  const remembered = readFileSync(path, 'utf8');
  expect(remembered).toMatch(/^-\d+\.\d{6}\n$/);
  // Known to 1 ppm before, it is moved little by samples a moment apart.
  expect(Math.abs(Number(remembered) + 37.5)).toBeLessThan(5);
  writeFileSync(path, 'fast');
  const refused = await exporter([...options, '--drift-file', path], () => Promise.resolve());
  expect(refused).toEqual({
    code: 4,
    stderr: expect.stringMatching(/^exporter: .*clock\.drift:1:1 "fast" is not .*\n$/) as string,
  });
});

test('the nonces of its time requests cannot be foretold from its seed', async () => {
  const nonces: string[] = [];
  const server = createSocket('udp4', (request) => void nonces.push(request.toString('hex', 40, 48)));
  server.bind(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const ntp = ['--ntp', `127.0.0.1:${server.address().port}`];
  for (const runs of [1, 2]) {
    const asked = (): Promise<unknown> => vi.waitUntil(() => nonces.length >= runs, { timeout: 10_000 });
    await exporter(['--collector', '127.0.0.1:9', '--seed', '7', ...ntp], asked);
    nonces.length = Math.min(nonces.length, runs);
  }
  expect(nonces).toHaveLength(2);
  expect(nonces[0]).not.toBe(nonces[1]);
});
