import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { CollectingProcess } from '../../../collector/collecting/collecting-process.ts';
import { collectingSchema } from '../../../collector/collecting/config.ts';
import { readCollector } from '../../../collector/io/collector-settings.ts';
import { Listening } from '../../../collector/io/listening.ts';
import { AllowList } from '../../../collector/listening/allow-list.ts';
import { makeCertificates } from '../../runtime/stream-sender/certificates.ts';
import { hasProgram } from '../../support/outside-program.ts';

const PACKAGE = fileURLToPath(new URL('../../..', import.meta.url));

interface Collected {
  readonly listening: Listening;
  readonly collecting: CollectingProcess;
  readonly endpoints: readonly string[];
}

async function collect(listen: readonly unknown[], allowed: readonly string[] = []): Promise<Collected> {
  const { listen: configs, allow } = readCollector(undefined, { listen, allow: allowed }, []);
  const collecting = new CollectingProcess(collectingSchema.parse({}));
  const listening = await Listening.open(configs, new AllowList(allow), collecting);
  onTestFinished(() => listening.close());
  return { listening, collecting, endpoints: listening.stats().map(({ endpoint }) => endpoint) };
}

/** An IPFIX Message with a Template of octetDeltaCount and `values` as its records. */
function ipfix(values: readonly number[], sequenceNumber = 0): Buffer {
  const message = Buffer.alloc(16 + 12 + 4 + 8 * values.length);
  message.writeUInt16BE(10, 0);
  message.writeUInt16BE(message.length, 2);
  message.writeUInt32BE(1_772_438_400, 4);
  message.writeUInt32BE(sequenceNumber, 8);
  [2, 12, 256, 1, 1, 8, 256, 4 + 8 * values.length].forEach((word, index) => message.writeUInt16BE(word, 16 + 2 * index));
  values.forEach((value, index) => message.writeBigUInt64BE(BigInt(value), 32 + 8 * index));
  return message;
}

const portOf = (endpoint: string): number => Number(/\d+$/.exec(endpoint)?.[0]);

async function sendDatagram(port: number, payload: Buffer, from = '127.0.0.1', to = '127.0.0.1'): Promise<() => number> {
  let heard = 0;
  const socket = createSocket(to.includes(':') ? 'udp6' : 'udp4').on('message', () => heard++);
  onTestFinished(() => void socket.close());
  await new Promise<void>((resolve) => void socket.bind(0, from, resolve));
  await new Promise((resolve) => void socket.send(payload, port, to, resolve));
  return () => heard;
}

/** Our exporter, until it is killed. */
function exporter(...args: string[]): void {
  const child = spawn(process.execPath, ['bin/start.mjs', 'exporter', ...args], { cwd: PACKAGE, stdio: 'ignore' });
  onTestFinished(async () => {
    if (child.exitCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
}

describe('listening', () => {
  test('several places, of both transports and both versions of IP, are one collector', async () => {
    const { collecting, endpoints, listening } = await collect([
      'udp://127.0.0.1:0',
      '127.0.0.2:0',
      '[::1]:0',
      'tcp://127.0.0.1:0',
    ]);
    const [first = '', second = '', six = '', tcp = ''] = endpoints;
    await sendDatagram(portOf(first), ipfix([1]));
    await sendDatagram(portOf(second), ipfix([2]), '127.0.0.1', '127.0.0.2');
    await sendDatagram(portOf(six), ipfix([3]), '::1', '::1');
    const stream = connect(portOf(tcp), '127.0.0.1');
    stream.write(ipfix([4]));
    await vi.waitFor(() => expect(collecting.counters.flows).toBe(4));
    stream.destroy();
    expect(listening.stats().map(({ transport, octets }) => [transport, octets])).toEqual([
      ['udp', 40],
      ['udp', 40],
      ['udp', 40],
      ['tcp', 40],
    ]);
    expect(collecting.sessions.map(({ source }) => source.replace(/\d+$/, ''))).toContain('[::1]:');
  });

  test('exporters that are not allowed leave no trace but a count', async () => {
    const listen = ['udp://127.0.0.1:0', 'tcp://127.0.0.1:0'];
    const { collecting, endpoints, listening } = await collect(listen, ['127.0.0.1', '2001:db8::/32']);
    const [udp = '', tcp = ''] = endpoints.map(portOf);
    await sendDatagram(Number(udp), ipfix([1]), '127.0.0.9');
    const stranger = connect({ port: Number(tcp), host: '127.0.0.1', localAddress: '127.0.0.9' });
    stranger.on('error', () => undefined).write(ipfix([1]));
    await new Promise((resolve) => stranger.once('close', resolve).resume());
    await sendDatagram(Number(udp), ipfix([2]));
    await vi.waitFor(() => expect(collecting.counters.messages).toBe(1));
    expect(collecting.sessions).toHaveLength(1);
    expect(listening.stats()).toMatchObject([
      { refused: 1, datagrams: 1 },
      { refused: { 'address-not-allowed': 1 }, connections: 0 },
    ]);
  });

  test('no datagram is ever answered, whatever it holds: the collector amplifies nothing', async () => {
    const { endpoints, listening } = await collect(['udp://127.0.0.1:0']);
    const port = portOf(endpoints[0] as string);
    const payloads = [
      Buffer.alloc(0),
      Buffer.alloc(1),
      Buffer.from('hello'),
      ipfix([1]),
      ipfix([1]).subarray(0, 20),
      Buffer.alloc(60_000, 10),
    ];
    const heard = await Promise.all(payloads.map((payload) => sendDatagram(port, payload)));
    await vi.waitFor(() => expect(listening.stats()).toMatchObject([{ datagrams: payloads.length }]));
    await sleep(100);
    expect(heard.map((count) => count())).toEqual(payloads.map(() => 0));
  });

  test('a stream that is no IPFIX is closed, what came before is kept, and the next connection is heard', async () => {
    const { collecting, endpoints, listening } = await collect(['tcp://127.0.0.1:0']);
    const port = portOf(endpoints[0] as string);
    const broken = connect(port, '127.0.0.1').on('error', () => undefined);
    broken.write(Buffer.concat([ipfix([1]), Buffer.alloc(16)]));
    await new Promise((resolve) => broken.once('close', resolve).resume());
    const sound = connect(port, '127.0.0.1');
    sound.write(ipfix([2]));
    await vi.waitFor(() => expect(collecting.counters.flows).toBe(2));
    sound.destroy();
    expect(listening.stats()).toMatchObject([{ ended: { malformed: 1 } }]);
  });

  test('half a Message is a fault of whoever ends the connection after it, not of whoever is cut off by us', async () => {
    const listen = ['tcp://127.0.0.1:0', { at: 'tcp://127.0.0.1:0', messageTimeoutMs: 100 }];
    const { collecting, endpoints, listening } = await collect(listen);
    const [patient = 0, hasty = 0] = endpoints.map(portOf);
    const sendHalf = (port: number) => {
      const stream = connect(port, '127.0.0.1').on('error', () => undefined);
      stream.write(Buffer.concat([ipfix([1]), ipfix([2], 1).subarray(0, 20)]));
      return stream.resume();
    };
    sendHalf(hasty);
    await vi.waitFor(() => expect(listening.stats()[1]).toMatchObject({ ended: { 'message-too-slow': 1 } }));
    expect(collecting.counters).toMatchObject({ flows: 1, malformed: 0 });
    const cutByItself = sendHalf(patient);
    await vi.waitFor(() => expect(collecting.counters.flows).toBe(2));
    cutByItself.end();
    await vi.waitFor(() => expect(collecting.counters.malformed).toBe(1));
    sendHalf(patient);
    await vi.waitFor(() => expect(collecting.counters.flows).toBe(3));
    await listening.close();
    expect(collecting.issues.map(({ code }) => code)).toEqual(['stream-cut']);
  });

  test('a file that is not there, and an address that is not ours, leave nothing open', async () => {
    const tls = { at: 'tls://127.0.0.1:0', certificate: '/nowhere.pem', key: '/nowhere.key' };
    await expect(collect([tls])).rejects.toThrow('cannot read /nowhere.pem: ENOENT');
    await expect(collect(['udp://127.0.0.1:0', 'tcp://192.0.2.1:1'])).rejects.toThrow(
      /192\.0\.2\.1:1: .*not one of this machine/,
    );
  });

  test('our exporter is heard over TCP', async () => {
    const { collecting, endpoints, listening } = await collect(['tcp://127.0.0.1:0']);
    exporter('--collector', `tcp://${endpoints[0] ?? ''}`);
    await vi.waitFor(() => expect(collecting.counters.messages).toBeGreaterThan(0), { timeout: 40_000, interval: 100 });
    expect(listening.stats()).toMatchObject([{ transport: 'tcp', open: 1 }]);
    expect(collecting.counters).toMatchObject({ malformed: 0, lost: 0 });
  }, 60_000);

  test.skipIf(!hasProgram('openssl'))(
    'our exporter is heard over TLS, each side with a certificate',
    async () => {
      const directory = mkdtempSync(join(tmpdir(), 'flowlab-listening-'));
      onTestFinished(() => rmSync(directory, { recursive: true }));
      const { ca, server, client } = makeCertificates();
      const file = (name: string, text: string): string => {
        writeFileSync(join(directory, name), text);
        return join(directory, name);
      };
      const authority = file('ca.pem', ca);
      const at = 'tls://127.0.0.1:0';
      const ours = { certificate: file('server.pem', server.cert), key: file('server.key', server.key), ca: authority };
      const { collecting, endpoints, listening } = await collect([{ at, ...ours, names: ['exporter'] }]);
      const theirs = [
        '--tls-ca',
        authority,
        '--tls-cert',
        file('client.pem', client.cert),
        '--tls-key',
        file('client.key', client.key),
      ];
      exporter('--collector', `tls://localhost:${portOf(endpoints[0] ?? '')}`, ...theirs);
      await vi.waitFor(() => expect(collecting.counters.messages).toBeGreaterThan(0), { timeout: 40_000, interval: 100 });
      expect(listening.stats()).toMatchObject([{ transport: 'tls', open: 1 }]);
    },
    60_000,
  );
});
