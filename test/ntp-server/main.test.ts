import { expect, test } from 'vitest';
import { runNtpServer, RunningServer } from './running-server.ts';

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

test.each([
  ['--bogus'],
  ['--stratum', '17'],
  ['--stratum', '1.5'],
  ['--offset-ms', 'late'],
  ['--offset-ms', ''],
  ['--listen', 'here'],
  ['--listen'],
  ['--probe', 'nowhere'],
  ['extra'],
])('bad usage is one sentence and exit code 2: %s %s', async (...args) => {
  const { exitCode, stdout, stderr } = await runNtpServer(...args);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr).toMatch(/^ntp-server: [^\n]+\n$/);
});

test('help names every option and shows examples', async () => {
  const { exitCode, stdout } = await runNtpServer('--help');
  expect(exitCode).toBe(0);
  for (const word of ['--listen', '--offset-ms', '--drift-ppm', '--stratum', '--probe', '--help', 'Examples:'])
    expect(stdout).toContain(word);
});
