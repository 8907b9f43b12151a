import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { closeSync, mkdirSync, mkdtempSync, openSync, readSync, readdirSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/**
 * Our exporter beside softflowd and nfreplay of Debian, in turn, on this machine: `node --import tsx bench/export-peers.ts [send]`. Every
 * figure is a ratio of whole processes taken in one run: processor seconds for metering the same capture, flows a second for
 * sending as fast as it goes. The receiver is a bound socket nobody reads, the same for all.
 */
const ROUNDS = 5;
const SNAP_LENGTH = 96;
const REPLAYED_FLOWS = 2_000_000;
const LOAD_SECONDS = 3;
const PACKAGE = fileURLToPath(new URL('..', import.meta.url));

/** The same room for flows and the same timeouts on both sides. */
const OURS = ['bin/start.mjs', 'exporter', '--set', 'metering.maxEntries=1000000'];
/** -d stays in the foreground and -c none ends with the capture; -a goes by its time. */
const SOFTFLOWD = ['-d', '-c', 'none', '-v', '10', '-a', '-m', '1000000'].concat(
  ['maxlife=60', 'general=15', 'tcp=15', 'udp=15'].flatMap((timeout) => ['-t', timeout]),
);

interface Capture {
  readonly path: string;
  readonly packets: number;
}

const directory = mkdtempSync(join(tmpdir(), 'flowlab-bench-'));
process.on('exit', () => rmSync(directory, { recursive: true, force: true }));

/** A process's processor seconds, all its own and the kernel's for it. */
function cpuSecondsOf(command: string, args: readonly string[]): number {
  const { stderr, status } = spawnSync('/usr/bin/time', ['-f', '%U %S', command, ...args], { cwd: PACKAGE, encoding: 'utf8' });
  const [user = NaN, system = NaN] = (stderr.trimEnd().split('\n').at(-1) ?? '').split(' ').map(Number);
  if (status !== 0 || Number.isNaN(user + system)) throw new Error(`${command}: ${stderr}`);
  return user + system;
}

async function receiver(): Promise<{ socket: Socket; port: number }> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return { socket, port: socket.address().port };
}

/** Ten minutes of the office as headers, several times one after the other so that the work outweighs the start. */
function makeCapture(copies: number): Capture {
  const office = join(directory, 'office.pcap');
  const flowlab = [
    join(PACKAGE, 'bin/flowlab.mjs'),
    'run',
    'office-50',
    '--duration',
    '10m',
    '--set',
    'start=2026-03-02T10:00:00Z',
  ];
  spawnSync(process.execPath, [...flowlab, '--packets', office, '--quiet'], { cwd: PACKAGE, stdio: 'ignore' });
  const path = join(directory, `headers-${copies}.pcap`);
  const from = openSync(office, 'r');
  const to = openSync(path, 'w');
  const header = Buffer.alloc(24);
  readSync(from, header, 0, 24, 0);
  writeSync(to, header);
  let packets = 0;
  const size = statSync(office).size;
  const spanS = 600;
  for (let copy = 0; copy < copies; copy++) {
    const record = Buffer.alloc(16 + SNAP_LENGTH);
    let pending: Buffer[] = [];
    for (let at = 24; at < size; packets++) {
      readSync(from, record, 0, record.length, at);
      const length = record.readUInt32LE(8);
      const kept = Math.min(length, SNAP_LENGTH);
      at += 16 + length;
      record.writeUInt32LE(record.readUInt32LE(0) + copy * spanS, 0);
      record.writeUInt32LE(kept, 8);
      pending.push(Buffer.from(record.subarray(0, 16 + kept)));
      if (pending.length < 10_000) continue;
      writeSync(to, Buffer.concat(pending));
      pending = [];
    }
    writeSync(to, Buffer.concat(pending));
  }
  closeSync(from);
  closeSync(to);
  rmSync(office);
  return { path, packets };
}

/** Minutes of a million packets of 100,000 conversations: what a flow cache finds hard. */
function makeManyFlows(minutes: number): Capture {
  const packets = 1_000_000 * minutes;
  const path = join(directory, `many-${minutes}.pcap`);
  const to = openSync(path, 'w');
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(65_535, 16);
  header.writeUInt32LE(101, 20);
  writeSync(to, header);
  let random = 1;
  const records = Buffer.alloc(10_000 * 56);
  for (let packet = 0; packet < packets; packet++) {
    random = (Math.imul(random, 1_664_525) + 1_013_904_223) >>> 0;
    const flow = random % 100_000;
    const at = (packet % 10_000) * 56;
    records.fill(0, at, at + 56);
    records.writeUInt32LE(1_772_000_000 + Math.floor(packet / 16_667), at);
    records.writeUInt32LE(Math.floor((packet % 16_667) * 59.99), at + 4);
    records.writeUInt32LE(40, at + 8);
    records.writeUInt32LE(40, at + 12);
    records.writeUInt8(0x45, at + 16);
    records.writeUInt16BE(40, at + 18);
    records.writeUInt8(64, at + 24);
    records.writeUInt8(6, at + 25);
    records.writeUInt32BE(0x0a000000 + (flow >>> 3), at + 28);
    records.writeUInt32BE(0xc6120000 + (flow & 0xff), at + 32);
    records.writeUInt16BE(49_152 + (flow % 16_000), at + 36);
    records.writeUInt16BE(443, at + 38);
    records.writeUInt8(0x50, at + 48);
    records.writeUInt8(0x10, at + 49);
    if (packet % 10_000 === 9_999) writeSync(to, records);
  }
  closeSync(to);
  return { path, packets };
}

/**
 * Two captures of the same traffic, one longer: what the longer one costs more is the cost of its packets, without what it takes
 * to start a process.
 */
async function meter(what: string, short: Capture, long: Capture): Promise<void> {
  const { socket, port } = await receiver();
  const ours = (capture: string): number =>
    cpuSecondsOf(process.execPath, [...OURS, '--pcap', capture, '--collector', `127.0.0.1:${port}`]);
  const theirs = (capture: string): number => cpuSecondsOf('softflowd', [...SOFTFLOWD, '-r', capture, '-n', `127.0.0.1:${port}`]);
  const rounds = Array.from({ length: ROUNDS }, () => ({
    ours: [ours(short.path), ours(long.path)] as const,
    theirs: [theirs(short.path), theirs(long.path)] as const,
  }));
  socket.close();
  const more = long.packets - short.packets;
  const wholes = (of: 'ours' | 'theirs'): number[] => rounds.map((round) => round[of][1]);
  const packetsAlone = (of: 'ours' | 'theirs'): number[] => rounds.map((round) => round[of][1] - round[of][0]);
  const rate = (packets: number, seconds: readonly number[]): string =>
    `${(packets / median(seconds) / 1e6).toFixed(2)} M packets/s`;
  console.log(`metering ${what}, of processor time: ${long.packets} packets, start-up included:`);
  console.log(`  exporter ${rate(long.packets, wholes('ours'))}, softflowd ${rate(long.packets, wholes('theirs'))}`);
  console.log(`  ratio, pair by pair: ${ratios(wholes('theirs'), wholes('ours'))}`);
  console.log(`  what ${more} packets more cost, start-up excluded:`);
  console.log(`  exporter ${rate(more, packetsAlone('ours'))}, softflowd ${rate(more, packetsAlone('theirs'))}`);
  console.log(`  ratio, pair by pair: ${ratios(packetsAlone('theirs'), packetsAlone('ours'))}`);
}

async function send(): Promise<void> {
  const flows = await storedFlows();
  const { socket, port } = await receiver();
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const load = ['bin/start.mjs', 'exporter', '--load', 'max', '--seconds', String(LOAD_SECONDS), '--exporters', '16'];
    const told = execFileSync(process.execPath, [...load, '--target', `127.0.0.1:${port}`], { cwd: PACKAGE, encoding: 'utf8' });
    ours.push(Number(/, (\d+) a second/.exec(told)?.[1]));
    const begun = performance.now();
    execFileSync('nfreplay', ['-r', flows.path, '-H', '127.0.0.1', '-p', String(port), '-v', '9', '-d', '0'], {
      stdio: 'ignore',
    });
    theirs.push(flows.count / ((performance.now() - begun) / 1_000));
  }
  socket.close();
  const rate = (perSecond: readonly number[]): string => `${(median(perSecond) / 1e6).toFixed(2)} M flows/s`;
  console.log(`sending: exporter --load max ${rate(ours)} (IPFIX), nfreplay -v 9 -d 0 ${rate(theirs)}`);
  console.log(`  ratio, pair by pair: ${ratios(ours, theirs)}`);
}

/** Flows of the same mix in nfcapd's own file. */
async function storedFlows(): Promise<{ path: string; count: number }> {
  const store = join(directory, 'nfcapd');
  mkdirSync(store);
  const { socket, port } = await receiver();
  socket.close();
  const nfcapd = spawn('nfcapd', ['-w', store, '-p', String(port), '-b', '127.0.0.1', '-t', '3600', '-B', '4000000'], {
    stdio: 'ignore',
  });
  await sleep(1_000);
  const load = ['bin/start.mjs', 'exporter', '--load', '200000', '--seconds', String(REPLAYED_FLOWS / 200_000)];
  execFileSync(process.execPath, [...load, '--target', `127.0.0.1:${port}`], { cwd: PACKAGE, stdio: 'ignore' });
  await sleep(1_000);
  nfcapd.kill('SIGTERM');
  await once(nfcapd, 'exit');
  const [file = ''] = readdirSync(store).filter((name) => /^nfcapd\.\d+$/.test(name));
  const path = join(store, file);
  const summary = execFileSync('nfdump', ['-r', path, '-I'], { encoding: 'utf8' });
  return { path, count: Number(/^Flows: (\d+)$/m.exec(summary)?.[1]) };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] as number;
}

function ratios(over: readonly number[], under: readonly number[]): string {
  const pairs = over.map((value, index) => value / (under[index] as number));
  return `${median(pairs).toFixed(2)} (${Math.min(...pairs).toFixed(2)} to ${Math.max(...pairs).toFixed(2)})`;
}

if (process.argv[2] !== 'send') {
  await meter('an office', makeCapture(1), makeCapture(4));
  await meter('100,000 flows', makeManyFlows(1), makeManyFlows(4));
}
await send();
