import { spawn, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasProgram } from '../support/outside-program.ts';
import { run, runNtpServer, RunningServer } from './running-server.ts';

/** Real clients of other people, each asking our server over UDP. None sets this machine's clock. */
const OFFSET_S = 300;
const TOLERANCE_S = 0.05;

/** A python3 that has ntplib: the system's own often has it where another one comes first on PATH. */
const python = ['python3', '/usr/bin/python3'].find(
  (name) => hasProgram(name) && spawnSync(name, ['-c', 'import ntplib']).status === 0,
);
const FAKETIME = ['x86_64', 'aarch64']
  .map((machine) => `/usr/lib/${machine}-linux-gnu/faketime/libfaketime.so.1`)
  .find((path) => existsSync(path));
if (FAKETIME === undefined) console.info('skipped: libfaketime is not installed, so no real server with a wrong clock is asked');

if (python === undefined) console.info('no python3 with ntplib: its requests are not tried');

describe('real clients see the offset our server was told', () => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await RunningServer.start('--offset-ms', String(OFFSET_S * 1_000));
  });
  afterAll(async () => {
    await server.stop();
  });

  test.skipIf(!hasProgram('chronyd'))('chronyd -Q', async () => {
    const source = `server 127.0.0.1 port ${server.port} iburst`;
    // -Q measures and prints, -U lets it start unprivileged; the user only has to exist.
    const { exitCode, stderr } = await run('chronyd', ['-Q', '-U', '-u', 'root', '-f', '/dev/null', '-t', '5', source]);
    const wrongBy = /System clock wrong by (-?[\d.]+) seconds \(ignored\)/.exec(stderr);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    expect(Math.abs(Number(wrongBy?.[1]) - OFFSET_S)).toBeLessThan(TOLERANCE_S);
  });

  test.skipIf(!hasProgram('rdate'))('rdate -n -p', async () => {
    const { exitCode, stdout, stderr } = await run('rdate', ['-n', '-p', '-v', '-o', String(server.port), '127.0.0.1']);
    const adjustment = /adjust local clock by (-?[\d.]+) seconds/.exec(stdout + stderr);
    expect(exitCode).toBe(0);
    expect(Math.abs(Number(adjustment?.[1]) - OFFSET_S)).toBeLessThan(TOLERANCE_S);
  });

  test.skipIf(python === undefined).each([1, 2, 3, 4])('python3 ntplib, version %d', async (version) => {
    const script = `import ntplib; r = ntplib.NTPClient().request('127.0.0.1', port=${server.port}, version=${version}); print(r.offset, r.version, r.stratum)`;
    const { stdout } = await run(python as string, ['-c', script]);
    const [offset, answeredVersion, stratum] = stdout.trim().split(' ').map(Number) as [number, number, number];
    expect({ answeredVersion, stratum }).toEqual({ answeredVersion: version, stratum: 1 });
    expect(Math.abs(offset - OFFSET_S)).toBeLessThan(TOLERANCE_S);
  });
});

/** What one machine's programs may read at odds, beside half of the delay, by which any offset may be wrong. */
const SAME_CLOCK_MS = 0.2;

describe('our client asks chronyd', () => {
  test.skipIf(!hasProgram('chronyd'))("whose clock is this machine's, and finds no offset", async () => {
    await withChronyd({}, async (port) => {
      const { offsetMs, delayMs, stratum, samples } = await queryOnce(port);
      expect({ stratum, samples }).toEqual({ stratum: 8, samples: 8 });
      expect(Math.abs(offsetMs)).toBeLessThan(SAME_CLOCK_MS + delayMs / 2);
    });
  });

  test.skipIf(!hasProgram('chronyd') || FAKETIME === undefined)('whose clock is 120 s ahead by libfaketime', async () => {
    const environment = { LD_PRELOAD: FAKETIME, FAKETIME: '+120', FAKETIME_DONT_FAKE_MONOTONIC: '1' };
    await withChronyd(environment, async (port) => {
      const { offsetMs, delayMs } = await queryOnce(port);
      expect(Math.abs(offsetMs - 120_000)).toBeLessThan(SAME_CLOCK_MS + delayMs / 2);
    });
  });
});

interface Answer {
  readonly offsetMs: number;
  readonly delayMs: number;
  readonly stratum: number;
  readonly samples: number;
}

async function queryOnce(port: number): Promise<Answer> {
  const { stdout } = await runNtpServer('query', `127.0.0.1:${port}`, '--samples', '8', '--interval-ms', '100', '--json');
  return (JSON.parse(stdout) as { servers: [Answer] }).servers[0];
}

/** A chronyd that serves this machine's time, changed by the environment, and cannot set it; ends with `act`. */
async function withChronyd(environment: NodeJS.ProcessEnv, act: (port: number) => Promise<void>): Promise<void> {
  const port = await freePort();
  const directory = await mkdtemp(join(tmpdir(), 'chronyd-'));
  const options = [
    ...['-d', '-x', '-U', '-u', 'root', `port ${port}`, 'bindaddress 127.0.0.1', 'cmdport 0', 'bindcmdaddress /'],
    ...['local stratum 8', 'allow 127.0.0.0/8', `pidfile ${join(directory, 'pid')}`],
  ];
  const chronyd = spawn('chronyd', options, { env: { ...process.env, ...environment } });
  try {
    await expect.poll(() => runNtpServer('--probe', `127.0.0.1:${port}`), { timeout: 20_000 }).toMatchObject({ exitCode: 0 });
    await act(port);
  } finally {
    chronyd.kill();
    await once(chronyd, 'close');
    await rm(directory, { recursive: true });
  }
}

async function freePort(): Promise<number> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  return port;
}
