import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { VirtualClock } from '../../../core/time/virtual-clock.ts';
import { readCommandLine } from '../../../exporter/io/command-line.ts';
import { RealTimeExporter } from '../../../exporter/io/real-time-exporter.ts';
import { NtpServer } from '../../../ntp-server/server.ts';
import { startSystemTime } from '../../../runtime/system-time.ts';
import { RunningServer } from '../../ntp-server/running-server.ts';

const AES = '2 AES128 HEX:000102030405060708090a0b0c0d0e0f';
let directory: string;
const file = (name: string, ...lines: string[]): string => {
  const path = join(directory, name);
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
};

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'flowlab-ntp-key-'));
  file('theirs', '1 SHA1 tulip', AES);
  file('others', '1 SHA1 orchid', '3 SHA1 tulip');
  file('broken', '# ours', '1 SHA tulip');
});
afterAll(() => rmSync(directory, { recursive: true }));

/** An exporter kept by the server on that port of loopback, and what it complained of. */
async function running(port: number, ...keys: string[]) {
  const where = ['--collector', `file:${join(directory, 'x.ipfix')}`, '--ntp', `127.0.0.1:${port}`, '--employees', '0'];
  const invocation = readCommandLine([...where, '--offset-ms', '5000', ...keys]);
  if (invocation.kind !== 'export') throw new Error(JSON.stringify(invocation));
  const complaints: string[] = [];
  const exporter = new RealTimeExporter(invocation.options, startSystemTime(), (sentence) => complaints.push(sentence));
  onTestFinished(() => exporter.stop());
  await exporter.start(invocation.options, (reason) => complaints.push(reason));
  return { exporter, complaints };
}
const keyOptions = (name: string, id: number): string[] => ['--ntp-key-file', join(directory, name), '--ntp-key', String(id)];

describe('an exporter with a key for its NTP server', () => {
  test.each([1, 2])('has its clock set by replies that key %d signs', async (id) => {
    const server = await RunningServer.start('--key-file', join(directory, 'theirs'));
    onTestFinished(() => void server.stop());
    const { exporter, complaints } = await running(server.port, ...keyOptions('theirs', id));
    await vi.waitUntil(() => Math.abs(exporter.clockErrorMs) < 100, { timeout: 10_000 });
    expect(complaints).toEqual([]);
  });

  test.each([
    ['another secret', 1],
    ['a key it does not have', 3],
  ])(
    'and %s is not answered by a real server, and says so',
    async (_, id) => {
      const server = await RunningServer.start('--key-file', join(directory, 'theirs'));
      onTestFinished(() => void server.stop());
      const { exporter, complaints } = await running(server.port, ...keyOptions('others', id));
      await vi.waitUntil(() => complaints.length > 0, { timeout: 25_000 });
      const asked = `the NTP server 127.0.0.1:${server.port} has not answered eight requests signed with key ${id}`;
      expect(complaints).toEqual([`${asked}: it may not have that key, or another secret for it; it is asked less often now`]);
      expect(exporter.clockErrorMs).toBeCloseTo(5_000, 0);
    },
    30_000,
  );

  test('does not believe replies that nobody signed, and says so once', async () => {
    const time = startSystemTime();
    const careless = new NtpServer({ clock: new VirtualClock(), epoch: time.epoch });
    let answered = 0;
    const socket = createSocket('udp4', (request, source) => {
      careless.handle(time.now(), { payload: request.subarray(0, 48), source });
      socket.send(careless.poll()?.payload ?? new Uint8Array(), source.port, source.address);
      answered++;
    });
    socket.bind(0, '127.0.0.1');
    onTestFinished(() => void socket.close());
    await once(socket, 'listening');
    const { port } = socket.address();
    const { exporter, complaints } = await running(port, ...keyOptions('theirs', 1));
    await vi.waitUntil(() => answered >= 2, { timeout: 10_000 });
    await vi.waitUntil(() => complaints.length > 0);
    expect(complaints).toEqual([`the NTP server 127.0.0.1:${port} is not believed by key 1: its replies are not signed`]);
    expect(exporter.clockErrorMs).toBeCloseTo(5_000, 0);
  }, 15_000);
});

describe('a key that cannot be had is told in a sentence', () => {
  const server = ['--ntp', '127.0.0.1:1'];
  test.each([
    [() => [...server, ...keyOptions('broken', 1)], /^broken:2:3 "SHA" is not a type of key, known are .*$/],
    [() => [...server, ...keyOptions('missing', 1)], /missing: there is no such file$/],
    [() => [...server, ...keyOptions('theirs', 9)], /^--ntp-key 9: .*theirs has the keys 1, 2$/],
    [() => [...server, '--ntp-key', '1'], /^--ntp-key-file and --ntp-key belong together: /],
    [() => [...server, '--ntp-key-file', 'theirs'], /^--ntp-key-file and --ntp-key belong together: /],
    [() => keyOptions('theirs', 1), /^--ntp-key-file is of no use without a server: add --ntp$/],
    [() => [...server, '--ntp-key', 'one'], /^option '--ntp-key <n>' argument 'one' is invalid/],
  ])('%#', (args, message) => {
    expect(readCommandLine(args())).toEqual({ kind: 'usage', message: expect.stringMatching(message) as string });
  });
});
