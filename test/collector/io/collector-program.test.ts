import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { DuckDbStore } from '../../../collector/store/duckdb-store.ts';
import { flow, FLOWS, message } from '../support/exporter.ts';
import { batchOf, ip, NINE } from '../support/flows.ts';
import { eventBatchOf } from '../support/nat-events.ts';

const directory = mkdtempSync(join(tmpdir(), 'collector-'));
afterAll(() => rmSync(directory, { recursive: true }));

interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the program; `onListening` is told the port and how to end it. */
function collector(args: readonly string[], onListening?: (port: number, end: () => void) => void): Promise<Ended> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'collector/main.ts', ...args]);
  let [stdout, stderr] = ['', ''];
  child.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
  child.stdout.on('data', (text: Buffer) => {
    const wasListening = stdout.includes('\n');
    stdout += text.toString();
    const port = /^listening on 127\.0\.0\.1:(\d+)\n/.exec(stdout)?.[1];
    if (!wasListening && port !== undefined) onListening?.(Number(port), () => child.kill('SIGTERM'));
  });
  return new Promise((resolve) => child.on('close', (exitCode) => resolve({ exitCode, stdout, stderr })));
}

async function send(port: number, payload: Uint8Array): Promise<void> {
  const socket = createSocket('udp4');
  await new Promise((resolve) => socket.send(payload, port, '127.0.0.1', resolve));
  socket.close();
}

describe('the collector program', () => {
  it('collects into a file, says who used what when it is ended, and exits 0', async () => {
    const store = join(directory, 'flows.duckdb');
    const inventory = join(directory, 'devices.yaml');
    writeFileSync(inventory, '- { name: John, address: 10.0.0.5, department: sales }\n');
    const ended = await collector(
      ['--listen', '127.0.0.1:0', '--store', store, '--inventory', inventory, '--every', '0'],
      (port, end) => {
        void send(port, message({ templates: [FLOWS], records: [flow(1_000_000, 700), flow(2_000_000, 800)] }));
        setTimeout(end, 300);
      },
    );
    expect(ended).toMatchObject({ exitCode: 0, stderr: '' });
    const [, ...lines] = ended.stdout.split('\n');
    // The Message was sent on a day in March.
    const isOfClock = (line: string): boolean => /^EXPORTER|^127\.0\.0\.1/.test(line);
    expect(lines.filter(isOfClock).at(-1)).toMatch(/its clock is \S+ days (ahead|behind), within 500 ms.*: too few Messages/);
    expect(lines.filter((line) => !isOfClock(line))).toEqual([
      '2 flows of 3.0 MB in 1 Message',
      'John watched YouTube for 1 s and used 3.0 MB (3.0 MB in all)',
      'streaming 100.0 %',
      'nothing unusual was seen',
      '',
    ]);
    const kept = await DuckDbStore.open(store);
    expect(await kept.query('SELECT id, octets FROM flows ORDER BY id')).toEqual([
      { id: 0, octets: 1_000_000 },
      { id: 1, octets: 2_000_000 },
    ]);
    kept.close();
  });

  it('says who used a public endpoint, by NAT events and by flow records, from a file it collected into', async () => {
    const path = join(directory, 'asked.duckdb');
    const kept = await DuckDbStore.open(path);
    const [up] = [{ direction: 'up', inside: '10.0.0.11', server: '198.18.1.7', serverPort: 443, octets: 1 }] as const;
    await kept.append(batchOf([{ ...up, startS: 10, endS: 20 }]));
    const mapping = { protocol: 6, insideAddress: ip('10.0.0.11'), insidePort: 50_000, publicAddress: ip('203.0.113.2') };
    await kept.appendNatEvents(eventBatchOf([{ ...mapping, publicPort: 50_001, timeMs: NINE + 10_000, kind: 8 }]));
    kept.close();
    const inventory = join(directory, 'people.yaml');
    writeFileSync(inventory, '- { name: John, address: 10.0.0.11 }\n');
    const args = ['--store', path, '--inventory', inventory, '--who', '203.0.113.2:50001', '--protocol', 'tcp'];
    const inWords = await collector([...args, '--at', '2026-03-02T09:00:15Z']);
    expect(inWords).toEqual({
      exitCode: 0,
      stderr: '',
      stdout:
        'NAT events: John (10.0.0.11:50000, TCP) used 203.0.113.2:50001 at 2026-03-02 09:00:15 UTC, ' +
        'theirs from 2026-03-02 09:00:10 UTC on and not given back since (event 0)\n' +
        'flow records: John (10.0.0.11:50000, TCP) used 203.0.113.2:50001 at 2026-03-02 09:00:15 UTC, ' +
        'with 198.18.1.7:443 from 2026-03-02 09:00:10 UTC to 2026-03-02 09:00:20 UTC (flow 0)\n',
    });
    const asJson = await collector([...args, '--at', '2026-03-02T10:01:00+01:00', '--tolerance', '2', '--json']);
    expect(JSON.parse(asJson.stdout)).toMatchObject({
      question: { atMs: NINE + 60_000, toleranceMs: 2_000, protocol: 6 },
      fromEvents: { kind: 'somebody', certainty: 'covered' },
      fromFlows: { kind: 'somebody', who: 'John', certainty: 'nearby', evidence: [{ id: 0 }] },
    });
  });

  it('says in one sentence that the port is in use, and exits 4', async () => {
    const socket = createSocket('udp4');
    const port = await new Promise<number>((resolve) => socket.bind(0, '127.0.0.1', () => resolve(socket.address().port)));
    const ended = await collector(['--listen', `127.0.0.1:${port}`]);
    socket.close();
    expect(ended).toEqual({
      exitCode: 4,
      stdout: '',
      stderr: `collector: cannot bind 127.0.0.1:${port}: the port is in use\n`,
    });
  });

  it('says in one sentence what is wrong with an option, and exits 2', async () => {
    const inventory = join(directory, 'bad.json');
    writeFileSync(inventory, '[{"name": "John", "address": "10.0.0.300"}]');
    const cases: (readonly [args: string[], sentence: string])[] = [
      [['--bogus'], "unknown option '--bogus'"],
      [['--who', '203.0.113.2:1'], '--who and --at need each other'],
      [
        ['--who', '203.0.113.2:1', '--at', '14:03'],
        "option '--at <time>' argument '14:03' is invalid. It is not a time with its zone such as 2026-03-02T14:03:22Z.",
      ],
      [
        ['--who', '203.0.113.2:1', '--at', '2026-02-30T14:03:22Z'],
        "option '--at <time>' argument '2026-02-30T14:03:22Z' is invalid. It is not a time with its zone such as 2026-03-02T14:03:22Z.",
      ],
      [['--inside', '10.0.0'], '--inside: "10.0.0" is not an IPv4 or IPv6 prefix'],
      [['--inventory', inventory], `${inventory}: [0].address "10.0.0.300" is not an IPv4 or IPv6 address or prefix`],
    ];
    for (const [args, sentence] of cases) {
      expect(await collector(args)).toEqual({ exitCode: 2, stdout: '', stderr: `collector: ${sentence}\n` });
    }
  });
});
