import { execFileSync, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Report } from '../../lab/report/report.ts';
import { runScenario } from '../../lab/run-scenario.ts';
import { hasProgram } from '../support/outside-program.ts';
import { SMALL } from '../support/small-world.ts';

/** What other people's collectors make of our export: the same run, read back from export.pcap. */
let out: string;
let report: Report;
let capture: string;

beforeAll(async () => {
  out = mkdtempSync(join(tmpdir(), 'flowlab-peers-'));
  report = await runScenario({ scenario: SMALL, out });
  capture = join(out, 'export.pcap');
});
afterAll(() => rmSync(out, { recursive: true, force: true }));

/** UDP payloads of a capture of whole IPv4 packets without options. */
function messagesOf(file: string): Buffer[] {
  const octets = readFileSync(file);
  const messages: Buffer[] = [];
  for (let at = 24; at < octets.length;) {
    const length = octets.readUInt32LE(at + 8);
    messages.push(octets.subarray(at + 16 + 28, at + 16 + length));
    at += 16 + length;
  }
  return messages;
}

describe.skipIf(!hasProgram('tshark'))('tshark', () => {
  const tshark = (...args: string[]): string[] =>
    execFileSync('tshark', ['-r', capture, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 1e9 })
      .split('\n')
      .filter((line) => line !== '');

  test('has nothing to remark on', () => {
    expect(tshark('-Y', '_ws.expert')).toEqual([]);
  });

  test('reads the same records, packets and octets', () => {
    let records = 0;
    let packets = 0;
    let octets = 0;
    for (const line of tshark('-T', 'fields', '-e', 'cflow.packets', '-e', 'cflow.octets', '-Y', 'cflow.flowset_id >= 256')) {
      const [packetTexts = '', octetTexts = ''] = line.split('\t');
      const numbers = packetTexts.split(',').filter((text) => text !== '');
      records += numbers.length;
      packets += numbers.reduce((sum, text) => sum + Number(text), 0);
      octets += octetTexts.split(',').reduce((sum, text) => sum + Number(text), 0);
    }
    expect({ records, packets, octets }).toEqual({
      records: report.exported.records,
      packets: report.exported.packets,
      octets: report.exported.octets,
    });
  });
});

describe.skipIf(!hasProgram('nfcapd') || !hasProgram('nfdump'))('nfcapd', () => {
  test('stores the same flows, packets and octets', async () => {
    const port = await freePort();
    const directory = join(out, 'nfcapd');
    mkdirSync(directory);
    const nfcapd = spawn('nfcapd', ['-w', directory, '-p', String(port), '-b', '127.0.0.1', '-t', '3600', '-B', '4000000'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    try {
      await sleep(1_000);
      await send(messagesOf(capture), port);
      await sleep(1_000);
    } finally {
      nfcapd.kill('SIGTERM');
      await once(nfcapd, 'exit');
    }
    const [file = ''] = readdirSync(directory).filter((name) => /^nfcapd\.\d+$/.test(name));
    const summary = execFileSync('nfdump', ['-r', join(directory, file), '-I'], { encoding: 'utf8' });
    const figure = (name: string): number => Number(new RegExp(`^${name}: (\\d+)$`, 'm').exec(summary)?.[1]);
    expect({ records: figure('Flows'), packets: figure('Packets'), octets: figure('Bytes') }).toEqual({
      records: report.exported.records,
      packets: report.exported.packets,
      octets: report.exported.octets,
    });
  });
});

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
