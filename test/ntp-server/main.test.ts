import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { decodePacket } from '../../core/ntp/packet.ts';
import { readCommandLine } from '../../ntp-server/io/command-line.ts';
import { putTo } from './put-to.ts';
import { numbered, request } from './request-forms.ts';
import { runNtpServer, RunningServer } from './running-server.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

test('a probe sees the offset the server was told, and a signal ends the server in peace', async () => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const server = await RunningServer.start('--offset-ms', '300000');
    const { exitCode, stdout, stderr } = await runNtpServer('--probe', `127.0.0.1:${server.port}`);
    expect(await server.stop(signal)).toBe(0);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const match = /^offset (-?[\d.]+) ms, delay (-?[\d.]+) ms\n$/.exec(stdout);
    expect(Math.abs(Number(match?.[1]) - 300_000)).toBeLessThan(50);
  }
});

test('a probe of nobody, or of a server without the time, says so and exits 1', async () => {
  const server = await RunningServer.start('--stratum', '16');
  const unsynchronised = await runNtpServer('--probe', `127.0.0.1:${server.port}`);
  await server.stop();
  expect(unsynchronised).toMatchObject({ exitCode: 1, stdout: '', stderr: expect.stringContaining('kiss-INIT') as string });
  const nobody = await runNtpServer('--probe', `127.0.0.1:${server.port}`);
  expect(nobody).toMatchObject({ exitCode: 1, stdout: '', stderr: expect.stringMatching(/^ntp-server: .+\n$/) as string });
});

test('a port in use is one sentence and exit code 4', async () => {
  const server = await RunningServer.start();
  const second = await runNtpServer('--listen', `127.0.0.1:${server.port}`);
  await server.stop();
  expect(second).toEqual({
    exitCode: 4,
    stdout: '',
    stderr: `ntp-server: cannot listen on 127.0.0.1:${server.port}: the port is in use\n`,
  });
});

test('a server whose output nobody reads any more ends in peace all the same', async () => {
  const child = spawn(process.execPath, ['--import', 'tsx', 'ntp-server/main.ts', '--listen', '127.0.0.1:0'], { cwd: ROOT });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  await once(child.stdout, 'data');
  child.stdout.destroy();
  child.kill();
  const [exitCode] = (await once(child, 'exit')) as [number | null];
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
});

test.each([
  ['--offset', '2000000d', /^--offset: 172800000000000 ms: .*1000000000000 ms$/],
  ['--drift', '200000ppm', /^--drift: 200000 ppm: .*100000 ppm$/],
  ['--jitter', '-2ms', /^--jitter: -2 ms: .*0 ms$/],
  ['--stale', '-2m', /^--stale: -120 s: .*0 s$/],
  ['--offset-ms', '2000000000000', /^--offset-ms: 2000000000000: .*1000000000000$/],
])('a mistake in %s %s is told with its unit', (flag, value, message) => {
  expect(readCommandLine([flag, value])).toEqual({ kind: 'usage', message: expect.stringMatching(message) as string });
});

test('says at the end what became of all datagrams, as text or as JSON', async () => {
  const server = await RunningServer.start('--unsynchronised', '--jitter', '2ms');
  await putTo(server.port, [numbered(request(4, 3), 0), numbered(request(4, 6), 1), numbered(request(0, 3), 2)]);
  expect(await server.stop('SIGINT')).toBe(0);
  expect(server.stdout).toMatch(/\nanswered 2 requests; ignored 2: version 1, mode 1\n$/);

  const telling = await RunningServer.start('--json', '--kod', 'DENY');
  await putTo(telling.port, [numbered(request(4, 3), 0)]);
  expect(await telling.stop()).toBe(0);
  const lines = telling.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines).toEqual([
    { event: 'listening', address: '127.0.0.1', port: telling.port },
    { event: 'stopped', counters: expect.objectContaining({ responded: 0, kissed: 2, mode: 0 }) as unknown },
  ]);
});

test('--port, --time and a file with flags on top of it', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'ntp-config-'));
  const file = join(directory, 'server.yaml');
  try {
    await writeFile(file, 'stratum: 3\noffsetMs: 5\nfaults:\n  - { kind: leap, leap: insert }\n');
    const server = await RunningServer.start(
      '--config',
      file,
      '--time',
      '2036-02-07T06:30:00Z',
      '--offset',
      '1h',
      '--stale',
      '10m',
    );
    const [reply] = await putTo(server.port, [numbered(request(4, 3), 0)]);
    await server.stop();
    const { leap, stratum, transmitTimestamp, referenceTimestamp } = decodePacket(reply!)!;
    expect({ leap, stratum }).toEqual({ leap: 1, stratum: 3 });
    // 104 s into the second era, and an hour.
    expect(Number(transmitTimestamp >> 32n) - 3_704).toBeLessThan(20);
    expect(Math.abs(Number(transmitTimestamp - referenceTimestamp) / 2 ** 32 - 600)).toBeLessThan(20);

    await writeFile(file, 'stratum: 3\nfaults:\n  - { kind: jiter, deviationMs: 2 }\n');
    expect(await runNtpServer('--config', file)).toMatchObject({
      exitCode: 2,
      stderr: 'ntp-server: server.yaml:3:13 faults[0].kind "jiter": did you mean "jitter"?\n',
    });
  } finally {
    await rm(directory, { recursive: true });
  }
});

test.each([
  [['--bogus'], /--bogus/],
  [['--stratum', '17'], /--stratum/],
  [['--stratum', '1.5'], /--stratum/],
  [['--offset-ms', 'late'], /--offset-ms/],
  [['--offset-ms', ''], /--offset-ms/],
  [['--offset', '5'], /such as 5m, -1.5s or 200us/],
  [['--drift', '50'], /such as 50ppm, -0.5ppm or 20ppb/],
  [['--silent', '120%'], /from 0% to 100%/],
  [['--leap', '60'], /61 or 59/],
  [['--kod', 'nope!'], /--kod: "nope!" is not a kiss code/],
  [['--time', 'now'], /--time/],
  [['--allow', '10.0.0.0/33'], /--allow: "10.0.0.0\/33" is not an IPv4 or IPv6 prefix/],
  [['--port', '70000'], /--port/],
  [['--set', 'rateLimit.brst=1'], /did you mean "burst"\?/],
  [['--listen', 'here'], /--listen/],
  [['--listen'], /--listen/],
  [['--probe', 'nowhere'], /--probe/],
  [['extra'], /too many arguments/],
])('bad usage is one sentence: %j', (args, sentence) => {
  const invocation = readCommandLine(args);
  expect(invocation.kind).toBe('usage');
  const { message } = invocation as Extract<typeof invocation, { kind: 'usage' }>;
  expect(message).toMatch(/^[^\n]+$/);
  expect(message).toMatch(sentence);
});

test.each([
  [['--bogus'], "unknown option '--bogus'"],
  [['--stratum', '17'], '--stratum: 17: expected number to be <=16'],
  [['--key-file', '/nowhere'], '/nowhere: there is no such file'],
])('bad usage ends the program with exit code 2: %j', async (args, sentence) => {
  expect(await runNtpServer(...args)).toEqual({ exitCode: 2, stdout: '', stderr: `ntp-server: ${sentence}\n` });
});

test('help names every option and shows examples', async () => {
  const { exitCode, stdout } = await runNtpServer('--help');
  expect(exitCode).toBe(0);
  for (const word of [
    '--listen',
    '--port',
    '--offset',
    '--offset-ms',
    '--drift',
    '--drift-ppm',
    '--config',
    '--key-file',
    '--stratum',
    '--probe',
    '--help',
    'Examples:',
  ])
    expect(stdout).toContain(word);
});

test.each([
  ['127.0.0.1:0', 2, /is not an address and a port/],
  ['255.255.255.255:123', 1, /cannot ask 255\.255\.255\.255:123: /],
])('query %s ends with exit code %i and a sentence', async (server, exitCode, sentence) => {
  const answer = await runNtpServer('query', server, '--samples', '1');
  expect(answer.exitCode).toBe(exitCode);
  expect(answer.stderr.trim().split('\n')).toHaveLength(1);
  expect(answer.stderr).toMatch(sentence);
});
