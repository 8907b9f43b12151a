import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { ipv4, pcap, udp, type Captured } from '../../support/captures.ts';
import { MIXED_CAPTURE } from '../../support/mixed-capture.ts';

const PACKAGE = fileURLToPath(new URL('../../../', import.meta.url));
const INSIDE = 0x0a000a0a;
const OUTSIDE = 0xc6121010;

let directory: string;
beforeAll(() => void (directory = mkdtempSync(join(tmpdir(), 'flowlab-capture-'))));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const inDirectory = (name: string): string => join(directory, name);

/** A question and its answer each second. */
const conversation = (seconds: number): Uint8Array =>
  pcap(
    Array.from({ length: seconds }, (_, index): Captured[] => {
      const timeS = 1_772_438_400 + index;
      const question = ipv4({ source: INSIDE, destination: OUTSIDE, protocol: 17 }, udp(50_000, 53, 32));
      const answer = ipv4({ source: OUTSIDE, destination: INSIDE, protocol: 17 }, udp(53, 50_000, 72));
      return [
        { timeS, timeNs: 0, octets: question },
        { timeS, timeNs: 20_000_000, octets: answer },
      ];
    }).flat(),
    { linkType: 101 },
  );

/** Runs the program to its end, with `input` on standard input if there is any. */
async function exporter(args: readonly string[], input?: Uint8Array, interrupts = false) {
  const out = inDirectory('out.ipfix');
  const collector = `file:${out}`;
  rmSync(out, { force: true });
  const child = spawn(process.execPath, ['--import', 'tsx', 'exporter/main.ts', '--collector', collector, ...args], {
    cwd: PACKAGE,
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (data) => (output.stdout += String(data)));
  child.stderr.on('data', (data) => (output.stderr += String(data)));
  const ended = once(child, 'close');
  child.stdin.on('error', () => undefined);
  if (input !== undefined) child.stdin.write(input);
  const beganMs = performance.now();
  if (interrupts) {
    // It is in the midst of it when the first flows are exported.
    while (!existsSync(out) || statSync(out).size === 0) await sleep(50);
    await sleep(1_000);
    child.kill('SIGINT');
  } else child.stdin.end();
  const [code] = (await ended) as [number | null];
  return { code, ...output, seconds: (performance.now() - beganMs) / 1_000 };
}

const MIXED_LINE = /^35 packets, 22 IPv4, 12 IPv6, 1 not IP; \d+ flow records with 34 packets and \d+ octets in \d+ messages\n$/;

test('meters a file, and the same from standard input, and writes the Messages too', async () => {
  const file = inDirectory('mixed.pcap');
  writeFileSync(file, MIXED_CAPTURE);
  const fromFile = await exporter(['--pcap', file, '--write', inDirectory('messages.pcap')]);
  expect(fromFile).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(MIXED_LINE) as string });
  const exported = readFileSync(inDirectory('out.ipfix'));
  const written = readFileSync(inDirectory('messages.pcap'));
  // The Messages one after the other, each behind a record, an IPv4 and a UDP header.
  const messages: Buffer[] = [];
  for (let at = 24; at < written.length; at += 16 + written.readUInt32LE(at + 8))
    messages.push(written.subarray(at + 16 + 28, at + 16 + written.readUInt32LE(at + 8)));
  expect(Buffer.concat(messages)).toEqual(exported);
  const fromPipe = await exporter(['--pcap', '-'], MIXED_CAPTURE);
  expect(fromPipe).toMatchObject({ code: 0, stdout: fromFile.stdout });
  expect(readFileSync(inDirectory('out.ipfix'))).toEqual(exported);
});

test('sends what is inside through the router', async () => {
  const inside = await exporter(['--pcap', '-', '--inside', '10.0.0.0/16'], conversation(3));
  expect(inside.stdout).toMatch(/^6 packets, 6 IPv4, 0 IPv6; 2 flow records with 6 packets and 480 octets in/);
  const elsewhere = await exporter(['--pcap', '-', '--inside', '10.9.0.0/16'], conversation(3));
  expect(elsewhere.stdout).toMatch(/^6 packets, 6 IPv4, 0 IPv6, 6 not across the router; 0 flow records/);
});

test('keeps to the speed it is told', async () => {
  // 120 seconds at sixty times their pace take two.
  const { seconds, stdout } = await exporter(['--pcap', '-', '--speed', '60x'], conversation(121));
  expect(stdout).toMatch(/^242 packets/);
  expect(seconds).toBeGreaterThan(2);
});

test.each(['100x', 'max'])('Ctrl-C leaves what was read exported, with the pipe still open (speed %s)', async (speed) => {
  const { code, stdout, stderr } = await exporter(['--pcap', '-', '--speed', speed], conversation(3_600), true);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const [packets, exported] = [/^(\d+) packets/.exec(stdout)?.[1], /with (\d+) packets/.exec(stdout)?.[1]];
  expect(Number(packets)).toBeGreaterThan(0);
  if (speed !== 'max') expect(Number(packets)).toBeLessThan(7_200);
  expect(exported).toBe(packets);
});

test.each([
  [['--pcap', '/nowhere/x.pcap'], 4, /^exporter: cannot read \/nowhere\/x\.pcap: ENOENT\n$/],
  [['--pcap', '-', '--write', '/nowhere/x.pcap'], 4, /^exporter: cannot write \/nowhere\/x\.pcap: ENOENT\n$/],
  [
    ['--pcap', '-', '--inside', 'here'],
    2,
    /^exporter: .*'here' is invalid\. It is not an IPv4 prefix such as 10\.0\.0\.0\/16\.\n$/,
  ],
  [['--pcap', '-', '--speed', 'fast'], 2, /^exporter: .*'fast' is invalid\. It is not max, real or a factor such as 60x\.\n$/],
])('%j is answered with one sentence', async (args, status, sentence) => {
  const { code, stderr } = await exporter(args, MIXED_CAPTURE);
  expect(stderr).toMatch(sentence);
  expect(code).toBe(status);
});

test('what is not a capture is a failure, one that is cut is not', async () => {
  const nothing = await exporter(['--pcap', '-'], Uint8Array.from([1, 2, 3, 4, 5]));
  expect(nothing.code).toBe(4);
  expect(nothing.stderr).toBe('exporter: - is no capture: it begins with no magic number of pcap or pcapng\n');
  const cut = await exporter(['--pcap', '-'], conversation(3).subarray(0, -1));
  expect(cut.code).toBe(0);
  expect(cut.stdout).toMatch(/^octet \d+: the capture ends within a record\n5 packets/);
});
