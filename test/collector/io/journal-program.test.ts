import { spawn, type ChildProcess } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { blocksOf, chunksIn } from '../../../collector/store/journal/chunk-files.ts';
import { SpooledStore } from '../../../collector/store/spooled-store.ts';
import { spoolSchema } from '../../../collector/store/spool/config.ts';
import { message, numbers, set, template } from '../../support/ipfix-octets.ts';

const RECORDS_PER_MESSAGE = 20;
/** Messages of 260 octets: far less than a receive buffer has by default. */
const WINDOW = 200;
const FLOW_TEMPLATE = set(
  2,
  template(256, [
    [8, 4],
    [12, 4],
    [1, 4],
  ]),
);

let path: string;
let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'flowlab-journal-'));
  path = join(directory, 'flows.duckdb');
});
afterEach(() => rmSync(directory, { recursive: true }));

interface Running {
  readonly child: ChildProcess;
  readonly port: number;
  /** Resolves when it has ended, with what it wrote to stderr. */
  readonly ended: Promise<{ readonly exitCode: number | null; readonly stderr: string }>;
}

/** Starts the program on the store, with a port that is free. */
function begin(): Promise<Running> {
  // However full the disk is and slow the machine.
  const settings = ['spool.minFreeOctets=0', 'journal.minFreeOctets=0', 'spool.closeMs=60000'].flatMap((each) => ['--set', each]);
  const args = ['--listen', '127.0.0.1:0', '--store', path, '--every', '0', ...settings];
  const child = spawn(process.execPath, ['--import', 'tsx', 'collector/main.ts', ...args]);
  let [stdout, stderr] = ['', ''];
  child.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
  const ended = new Promise<{ exitCode: number | null; stderr: string }>((resolve) =>
    child.once('close', (exitCode) => resolve({ exitCode, stderr })),
  );
  return new Promise((resolve, reject) => {
    void ended.then(() => reject(new Error(`the collector ended: ${stderr}`)));
    child.stdout.on('data', (text: Buffer) => {
      stdout += text.toString();
      const port = /^listening on 127\.0\.0\.1:(\d+)$/m.exec(stdout)?.[1];
      if (port !== undefined) resolve({ child, port: Number(port), ended });
    });
  });
}

/** Datagrams in the files that came behind this one. */
const writtenBehind = (chunk: number): number =>
  chunksIn(`${path}.journal`)
    .filter((each) => each > chunk)
    .flatMap((each) => blocksOf(`${path}.journal`, each))
    .reduce((sum, { datagrams }) => sum + datagrams, 0);

/** An exporter whose flow records are numbered, and which sends its Template in the first Message alone. */
class Exporter {
  records = 0;
  #isTaught = false;
  readonly #socket = createSocket('udp4');

  /** Sends so many Messages, and at most a window of them more than the collector has written down: the kernel has room for those. */
  async burst(collector: Running, messages: number): Promise<void> {
    const before = chunksIn(`${path}.journal`).at(-1) ?? -1;
    for (let sent = 1; sent <= messages; sent++) {
      await this.#send(collector.port);
      if (sent % WINDOW > 0 && sent < messages) continue;
      const untilMs = Date.now() + 10_000;
      while (writtenBehind(before) < sent) {
        if (Date.now() > untilMs) throw new Error(`${writtenBehind(before)} of ${sent} datagrams were received`);
        await pause(1);
      }
    }
  }

  #send(port: number): Promise<void> {
    const rows = Array.from({ length: RECORDS_PER_MESSAGE }, () => numbers([1, 4], [2, 4], [this.records++, 4]));
    const taught = this.#isTaught ? [] : [FLOW_TEMPLATE];
    this.#isTaught = true;
    const payload = message(this.records - RECORDS_PER_MESSAGE, [...taught, set(256, rows.flat())]);
    return new Promise((resolve, reject) =>
      this.#socket.send(payload, port, '127.0.0.1', (error) => (error ? reject(error) : resolve())),
    );
  }

  close(): void {
    this.#socket.close();
  }
}

/** Whether the store has each record from 0 on once. */
async function expectStored(records: number): Promise<void> {
  const store = await SpooledStore.open(path, spoolSchema.parse({ minFreeOctets: 0 }));
  const [counts] = await store.query(
    'SELECT count(*)::DOUBLE AS found, count(DISTINCT octets)::DOUBLE AS "distinct", max(octets)::DOUBLE AS last FROM flows',
  );
  await store.close();
  expect(counts).toEqual({ found: records, distinct: records, last: records - 1 });
}

function ask(sql: string): Promise<{ stdout: string; stderr: string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'collector/main.ts', 'query', '--sql', sql, '--store', path]);
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (text: Buffer) => (stdout += text.toString()));
  child.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
  return new Promise((resolve) => child.once('close', () => resolve({ stdout, stderr })));
}

async function end({ child, ended }: Running): Promise<void> {
  child.kill('SIGTERM');
  const { exitCode, stderr } = await ended;
  expect(exitCode, stderr).toBe(0);
}

describe('datagrams that wait', () => {
  it('are stored once each, with a Template told once, although the program is killed three times', async () => {
    const exporter = new Exporter();
    for (let kill = 0; kill < 3; kill++) {
      const collector = await begin();
      await exporter.burst(collector, 5_000);
      // Everything was received; decoding and storing may be anywhere.
      await pause(kill * 60);
      collector.child.kill('SIGKILL');
      await collector.ended;
      expect(existsSync(`${path}.journal`)).toBe(true);
      if (kill === 0) {
        const { stdout, stderr } = await ask('SELECT count(*) AS flows FROM flows');
        expect(stdout).toContain('flows');
        expect(stderr).toMatch(/^\S+flows\.duckdb\.journal has datagrams that may not be among them: .*\n$/);
      }
    }
    exporter.close();
    await end(await begin());
    expect(existsSync(`${path}.journal`)).toBe(false);
    await expectStored(exporter.records);
  });

  it('are read and stored when the program is ended straight after a burst', async () => {
    const exporter = new Exporter();
    const collector = await begin();
    await exporter.burst(collector, 5_000);
    await end(collector);
    exporter.close();
    expect(existsSync(`${path}.journal`)).toBe(false);
    await expectStored(exporter.records);
    expect((await ask('SELECT count(*) AS flows FROM flows')).stderr).toBe('');
  });
});
