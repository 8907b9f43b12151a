import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readCommandLine } from '../../ntp-server/io/command-line.ts';
import { runNtpServer, RunningServer } from './running-server.ts';

const quick = ['--samples', '4', '--interval-ms', '50'];
const addressOf = (server: RunningServer): string => `127.0.0.1:${server.port}`;

async function withServers<T>(argumentLists: readonly string[][], act: (servers: RunningServer[]) => Promise<T>): Promise<T> {
  const servers = await Promise.all(argumentLists.map((args) => RunningServer.start(...args)));
  try {
    return await act(servers);
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
  }
}

describe('a query', () => {
  test('of one server tells offset, delay, dispersion, stratum, reference, leap second and root distance', async () => {
    await withServers([['--offset-ms', '300000']], async ([server]) => {
      const { exitCode, stdout, stderr } = await runNtpServer('query', addressOf(server!), ...quick);
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
      expect(stdout).toMatch(/^127\.0\.0\.1:\d+: this clock is (299\.9|300\.0)\d+ s slow\n/);
      const offsetMs = Number(/offset (-?[\d.]+) ms/.exec(stdout)?.[1]);
      expect(Math.abs(offsetMs - 300_000)).toBeLessThan(50);
      expect(stdout).toMatch(/delay [\d.]+ ms, dispersion [\d.]+ ms, jitter [\d.]+ ms, root distance [\d.]+ ms\n/);
      expect(stdout).toMatch(/stratum 1, reference \S+, leap second none, 4 of 4 samples\n$/);
    });
  });

  test('of three, one of which lies, says who is outvoted; as JSON too', async () => {
    await withServers([[], [], ['--offset-ms', '90000']], async (servers) => {
      const addresses = servers.map(addressOf);
      const { exitCode, stdout } = await runNtpServer('query', ...addresses, ...quick);
      expect(exitCode).toBe(0);
      expect(stdout).toContain(`outvoted: ${addresses[2]}`);
      const json = await runNtpServer('query', ...addresses, ...quick, '--json');
      const answer = JSON.parse(json.stdout) as { servers: { offsetMs: number }[]; offsetMs: number; falsetickers: string[] };
      expect(json.exitCode).toBe(0);
      expect(answer.falsetickers).toEqual([addresses[2]]);
      expect(Math.abs(answer.offsetMs)).toBeLessThan(50);
      expect(Math.abs((answer.servers[2]?.offsetMs ?? 0) - 90_000)).toBeLessThan(50);
    });
  });

  test('of two that contradict each other says that there is no majority, and exits 1', async () => {
    await withServers([[], ['--offset-ms', '90000']], async (servers) => {
      const { exitCode, stdout } = await runNtpServer('query', ...servers.map(addressOf), ...quick);
      expect(exitCode).toBe(1);
      expect(stdout).toContain('no majority');
    });
  });

  test('of a server that has gone beside one that answers says so, and goes by the other', async () => {
    const gone = await RunningServer.start();
    await gone.stop();
    await withServers([['--offset-ms', '-1000']], async ([server]) => {
      const { exitCode, stdout, stderr } = await runNtpServer('query', addressOf(server!), addressOf(gone), ...quick);
      expect(exitCode).toBe(0);
      expect(stdout).toMatch(/this clock is \d\.\d+ s fast/);
      expect(stderr).toBe(`ntp-server: nobody answers on ${addressOf(gone)}: no program has that port\n`);
    });
  });

  test('of a server without the time says why it is of no use, and exits 1', async () => {
    await withServers([['--stratum', '16']], async ([server]) => {
      const { exitCode, stdout, stderr } = await runNtpServer('query', addressOf(server!), '--samples', '1');
      expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
      expect(stderr).toMatch(/^ntp-server: 127\.0\.0\.1:\d+ sent nothing usable: \S+\n$/);
    });
  });
});

test.each([
  [['query']],
  [['query', 'nowhere']],
  [['query', '127.0.0.1:1', '--samples', '0']],
  [['query', '127.0.0.1:1', '--samples', '65']],
  [['query', '127.0.0.1:1', '--samples', 'many']],
  [['query', '127.0.0.1:1', '--interval-ms', '1']],
  [['query', ...new Array<string>(17).fill('127.0.0.1:1')]],
  [['query', '127.0.0.1:1', '--key', '1']],
  [['query', '127.0.0.1:1', '--key-file', 'no-such-file']],
  [['query', '127.0.0.1:1', '--key-file', 'no-such-file', '--key', '1']],
])('bad usage is one sentence: %j', (args) => {
  expect(readCommandLine(args)).toEqual({ kind: 'usage', message: expect.stringMatching(/^[^\n]+$/) as string });
});

describe('a query with a key', () => {
  const inDirectory = async (act: (file: string) => Promise<void>): Promise<void> => {
    const directory = await mkdtemp(join(tmpdir(), 'ntp-keys-'));
    const file = join(directory, 'keys');
    try {
      await writeFile(file, '1 SHA1 tulip\n2 AES128 HEX:000102030405060708090a0b0c0d0e0f\n');
      await act(file);
    } finally {
      await rm(directory, { recursive: true });
    }
  };

  test('is answered by a server that has it, and by no other', async () => {
    await inDirectory(async (file) => {
      await withServers([['--key-file', file], []], async ([knowing, strange]) => {
        const addresses = [addressOf(knowing!), addressOf(strange!)];
        const { exitCode, stdout, stderr } = await runNtpServer(
          'query',
          ...addresses,
          ...quick,
          '--key-file',
          file,
          '--key',
          '2',
        );
        expect(exitCode).toBe(0);
        expect(stdout).toContain('4 of 4 samples');
        expect(stderr).toBe(`ntp-server: no answer from ${addresses[1]} within 2 s\n`);
      });
    });
  });

  test('the file does not have says which keys it has', async () => {
    await inDirectory(async (file) => {
      const message = `--key 3: ${file} has the keys 1, 2`;
      expect(readCommandLine(['query', '127.0.0.1:1', '--key-file', file, '--key', '3'])).toEqual({ kind: 'usage', message });
    });
  });
});

test('its help names every option', async () => {
  const { exitCode, stdout } = await runNtpServer('query', '--help');
  expect(exitCode).toBe(0);
  for (const word of ['--samples', '--interval-ms', '--key-file', '--key', '--json']) expect(stdout).toContain(word);
});
