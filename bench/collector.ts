import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { loadOf, type Load, type LoadProtocol } from './load-packets.ts';
import { spoolSchema } from '../collector/store/spool/config.ts';
import { SpooledStore } from '../collector/store/spooled-store.ts';

/**
 * Our collector beside nfcapd and nfacctd of Debian, in turn, on this machine, each writing every record to disk:
 * `node --import tsx bench/collector.ts [goodput|lossfree|cpu|store] [ipfix|v9|v5] [rounds] [processors]`. Figures are medians of rounds, and ratios to nfcapd
 * of the same round. Each has the processor 1 for all its threads, or those told, as `0,1`; the sender has 0. `replay.c` sends what
 * `load-packets.ts` makes, faster than all of them take it: 20 records of 70 octets a Message in IPFIX and of 62 in NetFlow v9, 29 of 48 in v5.
 */
const PACKAGE = fileURLToPath(new URL('..', import.meta.url));
const SENDER_SOURCE = join(PACKAGE, 'bench', 'replay.c');
const BUFFER_OCTETS = 4_194_304;
const SETTLE_MS = 300;
/** Messages that come before what is measured, so that code is compiled that will be. */
const WARMING = { rate: 20_000, packets: 60_000, seconds: 60 };
const NO_END = 100_000_000;
const [what = 'goodput', protocol = 'ipfix', rounds = '5', PROCESSORS = '1'] = process.argv.slice(2);
const PORT = 24_739;
const API_PORT = 24_740;

type Name = 'nfcapd' | 'nfacctd' | 'flowlab' | 'flowlab, plain sockets';

interface Running {
  readonly child: ChildProcess;
  /** Resolves when what was received has been read too. */
  allRead?(): Promise<void>;
  /** Records that are on the disk, when no more come. */
  records(): Promise<number>;
}

interface Outcome {
  readonly packetsPerS: number;
  readonly sentPackets: number;
  readonly records: number;
  readonly lost: number;
  readonly cpuSPerMillion: number;
  readonly peakMegabytes: number;
}

const directory = mkdtempSync(join(tmpdir(), 'flowlab-collector-'));
process.on('exit', () => rmSync(directory, { recursive: true, force: true }));
const SENDER = join(directory, 'replay');
const PACKETS_FILE = join(directory, 'packets');

const STARTS: Readonly<Record<Name, (home: string) => Running>> = {
  nfcapd: (home) => {
    const child = start('nfcapd', ['-w', home, '-p', `${PORT}`, '-b', '127.0.0.1', '-B', `${BUFFER_OCTETS}`, '-t', '3600']);
    const records = async (): Promise<number> => {
      await stop(child, 'SIGTERM');
      const text = execFileSync('nfdump', ['-R', home, '-I'], { encoding: 'utf8' });
      return Number(/^Flows: (\d+)/m.exec(text)?.[1]);
    };
    return { child, records };
  },
  nfacctd: (home) => {
    const settings = [
      'daemonize: false',
      'nfacctd_ip: 127.0.0.1',
      `nfacctd_port: ${PORT}`,
      `nfacctd_pipe_size: ${BUFFER_OCTETS}`,
      'nfacctd_disable_checks: true',
      'plugins: print',
      'aggregate: src_host,dst_host,src_port,dst_port,proto,flows',
      'print_output: csv',
      `print_output_file: ${home}/out.csv`,
      'print_refresh_time: 3600',
      'print_history: 1h',
      'print_cache_entries: 131101',
      'plugin_pipe_size: 268435456',
      'plugin_buffer_size: 262144',
    ];
    writeFileSync(join(home, 'conf'), `${settings.join('\n')}\n`);
    const child = start('nfacctd', ['-f', join(home, 'conf')]);
    const records = async (): Promise<number> => {
      await stop(child, 'SIGINT');
      await sleep(1_000);
      const files = readdirSync(home).filter((name) => name.endsWith('.csv'));
      return files.reduce((sum, name) => sum + flowsOfCsv(readFileSync(join(home, name), 'utf8')), 0);
    };
    return { child, records };
  },
  flowlab: (home) => startFlowlab(home, 'auto'),
  'flowlab, plain sockets': (home) => startFlowlab(home, 'off'),
};

/**
 * It is killed, and what it had on disk then is what counts: begun again, without a port that anybody sends to, it decodes what datagrams were left;
 * records are counted in the file and its spool, where a question finds them.
 */
function startFlowlab(home: string, fastPath: string): Running {
  const store = join(home, 'flows.duckdb');
  const listen = `[{at: "udp://127.0.0.1:${PORT}", fastPath: ${fastPath}, receiveBufferOctets: ${BUFFER_OCTETS}}]`;
  const child = start(process.execPath, [
    ...[join(PACKAGE, 'bin/start.mjs'), 'collector', '--store', store, '--every', '0'],
    ...['--api', `127.0.0.1:${API_PORT}`, '--set', `listen=${listen}`],
  ]);
  const records = async (): Promise<number> => {
    await sleep(1_500);
    await stop(child, 'SIGKILL');
    const again = spawn(process.execPath, [
      ...[join(PACKAGE, 'bin/start.mjs'), 'collector', '--store', store, '--every', '0', '--listen', '127.0.0.1:0'],
      ...['--set', 'spool.closeMs=600000'],
    ]);
    await once(again.stdout, 'data');
    await stop(again, 'SIGTERM');
    const opened = await SpooledStore.open(store, spoolSchema.parse({}), { isOnlyAsked: true });
    const [row] = await opened.query<{ records: number }>('SELECT count(*) AS records FROM flows');
    await opened.close();
    return row?.records ?? 0;
  };
  const allRead = async (): Promise<void> => {
    for (;;) {
      const text = await (await fetch(`http://127.0.0.1:${API_PORT}/metrics`)).text();
      if (/^flowlab_collector_waiting_datagrams 0$/m.test(text)) return;
      await sleep(100);
    }
  };
  return { child, records, allRead };
}

/** On the processors it is to have. */
function start(command: string, args: readonly string[]): ChildProcess {
  return spawn('taskset', ['-c', PROCESSORS, command, ...args], { stdio: ['ignore', 'ignore', 'ignore'] });
}

async function stop(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const ended = once(child, 'close');
  child.kill(signal);
  await ended;
}

function flowsOfCsv(text: string): number {
  const [head = '', ...lines] = text.trimEnd().split('\n');
  const index = head.split(',').indexOf('FLOWS');
  return lines.reduce((sum, line) => sum + Number(line.split(',')[index]), 0);
}

/** Processor seconds of a process and those it has started. */
function cpuSecondsOf(pid: number): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean);
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  const own = (Number(fields[11]) + Number(fields[12])) / 100;
  return children.reduce((sum, child) => sum + cpuSecondsOf(Number(child)), own);
}

const peakMegabytesOf = (pid: number): number =>
  Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

interface Sent {
  readonly msgs: number;
  readonly sec: number;
}

interface Sending {
  /** Packets a second, 0 as many as go. */
  readonly rate: number;
  readonly packets: number;
  readonly seconds: number;
}

async function send({ sequenceAt, step, hasTemplate, templateStep }: Load, { rate, packets, seconds }: Sending): Promise<Sent> {
  const args = [PORT, PACKETS_FILE, sequenceAt, step, Number(hasTemplate), rate, packets, seconds].map(String);
  const child = spawn('taskset', ['-c', '0', SENDER, ...args], { env: { ...process.env, TEMPLATE_STEP: `${templateStep}` } });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  await once(child, 'close');
  return JSON.parse(output) as Sent;
}

/** Each packet behind its length. */
function writePackets({ packets }: Load): void {
  const pieces = packets.flatMap((packet) => [Buffer.from(Uint32Array.of(packet.length).buffer), packet]);
  writeFileSync(PACKETS_FILE, Buffer.concat(pieces));
}

async function isBound(): Promise<boolean> {
  for (let tries = 0; tries < 300; tries++, await sleep(50)) {
    if (readFileSync('/proc/net/udp', 'utf8').includes(`:${PORT.toString(16).toUpperCase()} `)) return true;
  }
  return false;
}

/** One collector, one load: `rate` Messages a second, 0 as many as go. */
async function run(name: Name, load: Load, rate: number, seconds: number): Promise<Outcome> {
  const home = join(directory, 'home');
  rmSync(home, { recursive: true, force: true });
  mkdirSync(home);
  const { child, records, allRead } = STARTS[name](home);
  if (!(await isBound())) throw new Error(`${name} does not listen`);
  // nfacctd takes its time to lay out its tables.
  await sleep(5_000);
  const warm = await send(load, WARMING);
  await sleep(1_000);
  const pid = child.pid as number;
  const before = cpuSecondsOf(pid);
  const sent = await send(load, { rate, packets: NO_END, seconds });
  await sleep(SETTLE_MS);
  // Under a flood most of it is read later: no part of taking it in, but of the whole work, and of when questions see it.
  const readFrom = performance.now();
  if (what === 'cpu' || what === 'store') await allRead?.();
  const readS = (performance.now() - readFrom) / 1_000;
  const cpuS = cpuSecondsOf(pid) - before;
  const peakMegabytes = peakMegabytesOf(pid);
  const perPacket = load.recordsPerPacket;
  const kept = (await records()) - warm.msgs * perPacket;
  return {
    packetsPerS: kept / perPacket / (sent.sec + readS),
    sentPackets: sent.msgs,
    records: kept,
    lost: sent.msgs * perPacket - kept,
    cpuSPerMillion: cpuS / (kept / 1e6),
    peakMegabytes,
  };
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

async function compare(names: readonly Name[], load: Load, rate: number, seconds: number, rounds: number): Promise<void> {
  const outcomes = new Map<Name, Outcome[]>(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const name of names) outcomes.get(name)?.push(await run(name, load, rate, seconds));
  }
  const base = outcomes.get('nfcapd') ?? [];
  console.table(
    names.map((name) => {
      const own = outcomes.get(name) ?? [];
      const ratio = (of: (outcome: Outcome) => number): string =>
        median(own.map((outcome, index) => of(outcome) / of(base[index] ?? outcome))).toFixed(2);
      return {
        collector: name,
        'packets/s': Math.round(median(own.map(({ packetsPerS }) => packetsPerS))),
        'x nfcapd': ratio(({ packetsPerS }) => packetsPerS),
        'lost %': (100 * median(own.map(({ lost, records }) => lost / (lost + records)))).toFixed(2),
        ...(what === 'cpu'
          ? {
              'cpu s/M flows': median(own.map(({ cpuSPerMillion }) => cpuSPerMillion)).toFixed(3),
              'cpu x nfcapd': ratio(({ cpuSPerMillion }) => cpuSPerMillion),
            }
          : {}),
        'peak MB': Math.round(median(own.map(({ peakMegabytes }) => peakMegabytes))),
      };
    }),
  );
}

/** The highest rate of which `rounds` runs of 2 s in a row lose nothing, in steps of -10 %. */
async function lossFree(name: Name, load: Load, rounds: number): Promise<number> {
  for (let rate = 300_000; rate > 20_000; rate = Math.round(rate * 0.9)) {
    let clean = 0;
    while (clean < rounds && (await run(name, load, rate, 2)).lost === 0) clean++;
    if (clean === rounds) return rate;
  }
  return 0;
}

spawnSync('gcc', ['-O2', '-march=native', '-o', SENDER, SENDER_SOURCE], { stdio: 'inherit' });
const load = loadOf(protocol as LoadProtocol);
writePackets(load);
const ALL: readonly Name[] = ['nfcapd', 'flowlab, plain sockets', 'flowlab', 'nfacctd'];
if (what === 'goodput') await compare(ALL, load, 0, 4, Number(rounds));
else if (what === 'cpu') await compare(ALL.slice(0, 3), load, 150_000, 2, Number(rounds));
else if (what === 'lossfree') for (const name of ALL) console.log(name, await lossFree(name, load, Number(rounds)));
else if (what === 'store') await compare(['flowlab'], load, 75_000, 10, Number(rounds));
