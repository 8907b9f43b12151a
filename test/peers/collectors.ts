import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a collector made of an export. */
export interface Totals {
  readonly records: number;
  readonly packets: number;
  readonly octets: number;
}

/** What a collector needs beyond taking a datagram from the kernel: to start its parts, to hand the last flows on. */
const SETTLING_MS = 1_000;

/** UDP payloads of a capture of whole IPv4 packets without options. */
function messagesOf(capture: string): Buffer[] {
  const octets = readFileSync(capture);
  const messages: Buffer[] = [];
  for (let at = 24; at < octets.length;) {
    const length = octets.readUInt32LE(at + 8);
    messages.push(octets.subarray(at + 16 + 28, at + 16 + length));
    at += 16 + length;
  }
  return messages;
}

/** nfcapd listens, gets the capture's datagrams, and nfdump sums up what it stored; `directory` is made for its files. */
export async function nfcapdTotals(capture: string, directory: string): Promise<Totals> {
  mkdirSync(directory);
  const port = await freePort();
  const nfcapd = spawn('nfcapd', ['-w', directory, '-p', String(port), '-b', '127.0.0.1', '-t', '3600', '-B', '4000000'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  await feed(nfcapd, 'SIGTERM', capture, port);
  const [file = ''] = readdirSync(directory).filter((name) => /^nfcapd\.\d+$/.test(name));
  const summary = execFileSync('nfdump', ['-r', join(directory, file), '-I'], { encoding: 'utf8' });
  const figure = (name: string): number => Number(new RegExp(`^${name}: (\\d+)$`, 'm').exec(summary)?.[1]);
  return { records: figure('Flows'), packets: figure('Packets'), octets: figure('Bytes') };
}

/** The same with pmacct's nfacctd and its print plugin; it must be stopped with SIGINT to write what it holds. */
export async function nfacctdTotals(capture: string, directory: string): Promise<Totals> {
  mkdirSync(directory);
  const port = await freePort();
  const output = join(directory, 'output.csv');
  const config = {
    daemonize: false,
    nfacctd_ip: '127.0.0.1',
    nfacctd_port: port,
    nfacctd_pipe_size: 4_000_000,
    nfacctd_time_new: true,
    plugins: 'print',
    plugin_pipe_size: 16_777_216,
    plugin_buffer_size: 65_536,
    aggregate: 'proto, flows',
    print_refresh_time: 3_600,
    print_output: 'csv',
    print_output_file: output,
  };
  const configFile = join(directory, 'nfacctd.conf');
  writeFileSync(
    configFile,
    Object.entries(config)
      .map(([name, value]) => `${name}: ${value}\n`)
      .join(''),
  );
  const nfacctd = spawn('nfacctd', ['-f', configFile], { stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  for (const stream of [nfacctd.stdout, nfacctd.stderr]) stream.on('data', (text: Buffer) => (log += text.toString()));
  // Its plugin is a process of its own that would die of a SIGINT before it is ready.
  await until(() => log.includes('cache entries='));
  await feed(nfacctd, 'SIGINT', capture, port);
  await until(() => log.includes('Purging cache - END'));
  const [header = '', ...lines] = readFileSync(output, 'utf8').trim().split('\n');
  const names = header.split(',');
  const sum = (name: string): number => lines.reduce((total, line) => total + Number(line.split(',')[names.indexOf(name)]), 0);
  return { records: sum('FLOWS'), packets: sum('PACKETS'), octets: sum('BYTES') };
}

async function feed(collector: ChildProcess, signal: NodeJS.Signals, capture: string, port: number): Promise<void> {
  const exited = once(collector, 'exit');
  try {
    await until(() => queueOf(port) !== undefined);
    await send(messagesOf(capture), port);
    await until(() => queueOf(port) === 0);
    await sleep(SETTLING_MS);
  } finally {
    collector.kill(signal);
    await exited;
  }
}

/** Octets that wait in the kernel for whoever listens on this port; `undefined` when nobody does. */
function queueOf(port: number): number | undefined {
  const local = `:${port.toString(16).toUpperCase().padStart(4, '0')} `;
  const line = readFileSync('/proc/net/udp', 'utf8')
    .split('\n')
    .find((each) => each.includes(local));
  return line === undefined ? undefined : Number.parseInt(line.trim().split(/\s+/)[4]?.split(':')[1] ?? '', 16);
}

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 200 && !holds(); tries++) await sleep(50);
}

async function freePort(): Promise<number> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  return port;
}

/** Slowly enough that the peer's receive buffer never fills. */
async function send(messages: readonly Buffer[], port: number): Promise<void> {
  const socket = createSocket('udp4');
  for (const [index, message] of messages.entries()) {
    await new Promise((resolve) => socket.send(message, port, '127.0.0.1', resolve));
    if (index % 20 === 0) await sleep(2);
  }
  socket.close();
}
