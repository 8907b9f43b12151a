import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NS_PER_MS } from '../../core/time/instant.ts';
import { query } from '../../ntp-server/io/query.ts';
import { hasProgram } from '../support/outside-program.ts';
import { Chronyd } from './chronyd.ts';
import { run, runNtpServer, RunningServer } from './running-server.ts';

/** Real clients of other people, each asking our server over UDP. None sets this machine's clock. */
const OFFSET_S = 300;
const TOLERANCE_S = 0.001;
/** A client that asks once errs by half of what its request or its reply had to wait, on a busy machine more than that: some answer is right. */
const PATIENTLY = { timeout: 20_000, interval: 100 };

const errorS = (offset: string | undefined): number => Math.abs(Number(offset ?? Number.NaN) - OFFSET_S);

/** A python3 that has ntplib: the system's own often has it where another one comes first on PATH. */
const python = ['python3', '/usr/bin/python3'].find(
  (name) => hasProgram(name) && spawnSync(name, ['-c', 'import ntplib']).status === 0,
);
/** libfaketime, by which a program takes a wrong time for this machine's. */
const FAKETIME = hasProgram('faketime')
  ? spawnSync('faketime', ['-f', '+0', 'printenv', 'LD_PRELOAD'], { encoding: 'utf8' }).stdout.trim()
  : undefined;

if (python === undefined) console.info('no python3 with ntplib: its requests are not tried');

describe('real clients see the offset our server was told', () => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await RunningServer.start('--offset', '5m');
  });
  afterAll(async () => {
    await server.stop();
  });

  test.skipIf(!hasProgram('chronyd'))('chronyd -Q', async () => {
    const { exitCode, wrongByS } = await chronydQuery(`server 127.0.0.1 port ${server.port} iburst`, 5);
    expect(exitCode).toBe(0);
    expect(errorS(wrongByS)).toBeLessThan(TOLERANCE_S);
  });

  test.skipIf(!hasProgram('rdate'))('rdate -n -p', async () => {
    const ask = async (): Promise<number> => {
      const { exitCode, stdout, stderr } = await run('rdate', ['-n', '-p', '-v', '-o', String(server.port), '127.0.0.1']);
      expect(exitCode).toBe(0);
      return errorS(/adjust local clock by (-?[\d.]+) seconds/.exec(stdout + stderr)?.[1]);
    };
    await expect.poll(ask, PATIENTLY).toBeLessThan(TOLERANCE_S);
  });

  test.skipIf(python === undefined).each([1, 2, 3, 4])('python3 ntplib, version %d', async (version) => {
    const script = `import ntplib; r = ntplib.NTPClient().request('127.0.0.1', port=${server.port}, version=${version}); print(r.offset, r.version, r.stratum)`;
    const ask = async (): Promise<number> => {
      const { stdout } = await run(python as string, ['-c', script]);
      const [offset, answeredVersion, stratum] = stdout.trim().split(' ');
      expect({ answeredVersion, stratum }).toEqual({ answeredVersion: String(version), stratum: '1' });
      return errorS(offset);
    };
    await expect.poll(ask, PATIENTLY).toBeLessThan(TOLERANCE_S);
  });
});

/** What one machine's programs may read at odds, beside half of the delay, by which any offset may be wrong. */
const SAME_CLOCK_MS = 0.2;

describe('our client asks chronyd', () => {
  test.skipIf(!hasProgram('chronyd'))("whose clock is this machine's, and finds no offset", async () => {
    await withChronyd({}, async (port) => {
      const ask = async (): Promise<number> => {
        const { stratum, samples, ...answer } = await queryOnce(port);
        expect({ stratum, samples }).toEqual({ stratum: 8, samples: 8 });
        return unexplainedMs(answer, 0);
      };
      await expect.poll(ask, PATIENTLY).toBeLessThan(SAME_CLOCK_MS);
    });
  });

  describe.skipIf(!hasProgram('chronyd') || FAKETIME === undefined)('whose clock is wrong by libfaketime', () => {
    const faked = (time: string) => ({ LD_PRELOAD: FAKETIME, FAKETIME: time, FAKETIME_DONT_FAKE_MONOTONIC: '1' });

    test('120 s ahead', async () => {
      await withChronyd(faked('+120'), async (port) => {
        const ask = async (): Promise<number> => unexplainedMs(await queryOnce(port), 120_000);
        await expect.poll(ask, PATIENTLY).toBeLessThan(SAME_CLOCK_MS);
      });
    });

    test('300 s ahead and 1000 ppm fast', { timeout: 40_000 }, async () => {
      await withChronyd(faked('+300 x1.001'), async (port) => {
        const measure = async () => {
          const [answer] = await query([{ address: '127.0.0.1', port }], { samples: 8, intervalMs: 10 });
          return { atMs: performance.now(), offsetMs: answer?.kind === 'answered' ? answer.offsetNs / NS_PER_MS : Number.NaN };
        };
        const first = await measure();
        expect(first.offsetMs).toBeGreaterThan(300_000);
        expect(first.offsetMs).toBeLessThan(300_100);
        await sleep(3_000);
        const drift = async (): Promise<number> => {
          const { atMs, offsetMs } = await measure();
          return ((offsetMs - first.offsetMs) / (atMs - first.atMs)) * 1e6;
        };
        await expect.poll(async () => Math.abs((await drift()) - 1_000), { timeout: 25_000, interval: 2_000 }).toBeLessThan(100);
      });
    });
  });
});

interface Answer {
  readonly offsetMs: number;
  readonly delayMs: number;
  readonly stratum: number;
  readonly samples: number;
}

/** How far an offset is from what it should be, beyond what its delay can explain. */
const unexplainedMs = ({ offsetMs, delayMs }: Pick<Answer, 'offsetMs' | 'delayMs'>, expectedMs: number): number =>
  Math.abs(offsetMs - expectedMs) - delayMs / 2;

async function queryOnce(port: number): Promise<Answer> {
  const { stdout } = await runNtpServer('query', `127.0.0.1:${port}`, '--samples', '8', '--interval-ms', '100', '--json');
  return (JSON.parse(stdout) as { servers: [Answer] }).servers[0];
}

async function withChronyd(environment: NodeJS.ProcessEnv, act: (port: number) => Promise<void>): Promise<void> {
  const chronyd = await Chronyd.serve([], environment);
  try {
    await act(chronyd.port);
  } finally {
    await chronyd.stop();
  }
}

describe.skipIf(!hasProgram('chronyd'))('requests signed with a key', () => {
  let directory: string;
  let ours: RunningServer;
  let theirs: Chronyd;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'ntp-keys-'));
    const keys = [
      '1 SHA1 HEX:0102030405060708090a0b0c0d0e0f1011121314',
      '2 AES128 HEX:000102030405060708090a0b0c0d0e0f',
      '3 MD5 tulip',
    ];
    // Key 4 is one the server does not have, key 5 has another secret there.
    await writeFile(join(directory, 'server'), [...keys, '5 SHA1 HEX:03', ''].join('\n'), { mode: 0o600 });
    await writeFile(join(directory, 'client'), [...keys, '4 SHA1 HEX:01', '5 SHA1 HEX:02', ''].join('\n'), { mode: 0o600 });
    ours = await RunningServer.start('--offset', '5m', '--key-file', join(directory, 'server'));
    theirs = await Chronyd.serve([`keyfile ${join(directory, 'server')}`]);
  });
  afterAll(async () => {
    await theirs.stop();
    await ours.stop();
    await rm(directory, { recursive: true });
  });

  const chronydAsks = (keyId: number) =>
    chronydQuery(
      `server 127.0.0.1 port ${ours.port} iburst maxsamples 1 key ${keyId}`,
      2,
      `keyfile ${join(directory, 'client')}`,
    );
  const weAsk = (keyId: number, samples: number) => {
    const key = ['--key-file', join(directory, 'client'), '--key', String(keyId)];
    return runNtpServer(
      'query',
      `127.0.0.1:${theirs.port}`,
      ...key,
      '--samples',
      String(samples),
      '--interval-ms',
      '100',
      '--json',
    );
  };

  const shared = test.each([
    ['SHA1', 1],
    ['AES128', 2],
    ['MD5', 3],
  ]);
  const strange = test.each([
    ['a key the server does not have', 4],
    ["a secret that is not the server's", 5],
  ]);

  shared('of %s: chronyd takes our time', async (_type, keyId) => {
    const ask = async (): Promise<number> => {
      const { exitCode, wrongByS } = await chronydAsks(keyId);
      expect(exitCode).toBe(0);
      return errorS(wrongByS);
    };
    await expect.poll(ask, PATIENTLY).toBeLessThan(TOLERANCE_S);
  });

  shared('of %s: we take the time of chronyd', async (_type, keyId) => {
    const ask = async (): Promise<number> => {
      const { exitCode, stdout } = await weAsk(keyId, 8);
      const { samples, ...answer } = (JSON.parse(stdout) as { servers: [Answer] }).servers[0];
      expect({ exitCode, samples }).toEqual({ exitCode: 0, samples: 8 });
      return unexplainedMs(answer, 0);
    };
    await expect.poll(ask, PATIENTLY).toBeLessThan(SAME_CLOCK_MS);
  });

  strange('that is %s: chronyd hears nothing of us', async (_what, keyId) => {
    expect((await chronydAsks(keyId)).exitCode).toBe(1);
  });

  strange('that is %s: we hear nothing of chronyd', async (_what, keyId) => {
    const { exitCode, stderr } = await weAsk(keyId, 1);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^ntp-server: no answer from 127\.0\.0\.1:\d+ within 2 s\n$/);
  });
});

test.skipIf(!hasProgram('chronyd') || !hasProgram('chronyc'))(
  'chronyd as a client for some seconds finds the drift our server was told, within 3 ppm',
  { timeout: 40_000 },
  async () => {
    const server = await RunningServer.start('--offset', '5m', '--drift', '50ppm');
    const chronyd = await Chronyd.follow(`server 127.0.0.1 port ${server.port} minpoll -6 maxpoll -6 iburst`);
    try {
      const frequencyPpm = async (): Promise<number> => {
        const { stdout } = await run('chronyc', ['-h', '127.0.0.1', '-p', String(chronyd.port), 'tracking']);
        const [, ppm, word] = /Frequency +: ([\d.]+) ppm (slow|fast)/.exec(stdout) ?? [];
        // A clock that is slow against ours has to gain.
        return word === 'slow' ? Number(ppm) : -Number(ppm ?? Number.NaN);
      };
      await expect.poll(async () => Math.abs((await frequencyPpm()) - 50), { timeout: 25_000, interval: 500 }).toBeLessThan(3);
    } finally {
      await chronyd.stop();
      await server.stop();
    }
  },
);

/** A container may forbid it. */
const canHaveNetwork = ['unshare', 'ip'].every(hasProgram) && spawnSync('unshare', ['-rn', 'true']).status === 0;
if (!canHaveNetwork) console.info('no network of its own can be had: ntpdig, which knows only port 123, is not tried');

test.skipIf(!canHaveNetwork || !hasProgram('ntpdig'))(
  'ntpdig, which knows only port 123, in a network of its own',
  { timeout: 60_000 },
  async () => {
    const script = `
    ip link set lo up
    coproc server { exec ${process.execPath} --import tsx ntp-server/main.ts --listen 127.0.0.1:123 --offset 5m; }
    pid=$server_PID
    read -r -u "\${server[0]}"
    for each in 1 2 3 4 5 6; do ntpdig -j -t 2 127.0.0.1; done
    kill "$pid"
    wait "$pid"`;
    const ask = async (): Promise<number> => {
      const { stdout, stderr } = await run('unshare', ['-rn', 'bash', '-c', script]);
      const errors = [...stdout.matchAll(/"offset":(-?[\d.]+)/g)].map(([, offset]) => errorS(offset));
      expect({ replies: errors.length, stderr }).toEqual({ replies: 6, stderr: '' });
      return Math.min(...errors);
    };
    await expect.poll(ask, { ...PATIENTLY, timeout: 40_000 }).toBeLessThan(TOLERANCE_S);
  },
);

/** What chronyd measures once, printing it and setting nothing (-Q). */
async function chronydQuery(source: string, timeoutS: number, ...directives: string[]) {
  // -U lets it start unprivileged; the user only has to exist.
  const { exitCode, stderr } = await run('chronyd', [
    ...['-Q', '-U', '-u', 'root', '-f', '/dev/null', '-t', String(timeoutS)],
    ...[...directives, source],
  ]);
  const [, wrongBy] = /System clock wrong by (-?[\d.]+) seconds \(ignored\)/.exec(stderr) ?? [];
  return { exitCode, wrongByS: wrongBy };
}
