import { once } from 'node:events';
import { connect, type ConnectionOptions } from 'node:tls';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { StreamReceiver } from '../../../runtime/stream-receiver/stream-receiver.ts';
import { hasProgram } from '../../support/outside-program.ts';
import { makeCertificates } from '../stream-sender/certificates.ts';
import { client as plainClient, message, streams } from './peers.ts';

describe.skipIf(!hasProgram('openssl'))('stream-receiver over TLS (RFC 7011 section 11.3)', () => {
  const { ca, server, client, alternative } = makeCertificates();
  const others = makeCertificates();
  const tls = { ...server, ca, requiresCertificate: true, names: [] };

  /** Says hello once the connection is there, or not at all. */
  async function send({ endpoint }: StreamReceiver, options: ConnectionOptions): Promise<void> {
    const socket = connect({ host: endpoint.address, port: endpoint.port, ca, servername: 'localhost', ...options });
    socket.on('error', () => undefined);
    onTestFinished(() => void socket.destroy());
    socket.resume().write(message('hello'));
    await new Promise((resolve) => socket.once('secureConnect', resolve).once('close', resolve));
  }

  test('an exporter whose authority is ours is heard', async () => {
    const { receiver, texts } = await streams({ tls });
    await send(receiver, client);
    await vi.waitFor(() => expect(texts).toEqual(['hello']));
  });

  test.each([
    ['without a certificate', {}],
    ['with a certificate of another authority', others.client],
    ['with TLS 1.1', { ...client, maxVersion: 'TLSv1.1', minVersion: 'TLSv1.1', ciphers: 'ALL@SECLEVEL=0' } as const],
  ])('one %s is not, and is counted', async (_, options) => {
    const { receiver, texts } = await streams({ tls });
    await send(receiver, options);
    await vi.waitFor(() => expect(receiver.stats().refused['handshake-failed']).toBe(1));
    expect(receiver.stats()).toMatchObject({ connections: 0, open: 0 });
    expect(texts).toEqual([]);
  });

  test('without a certificate where none is demanded', async () => {
    const { receiver, texts } = await streams({ tls: { ...tls, requiresCertificate: false } });
    await send(receiver, {});
    await vi.waitFor(() => expect(texts).toEqual(['hello']));
  });

  test('only the names that are allowed, and only when their authority is ours', async () => {
    const { receiver, texts } = await streams({ tls: { ...tls, names: ['exporter'] } });
    await send(receiver, client);
    await vi.waitFor(() => expect(texts).toEqual(['hello']));
    const { receiver: other } = await streams({ tls: { ...tls, names: ['another'] } });
    await send(other, client);
    await vi.waitFor(() => expect(other.stats().refused['name-not-allowed']).toBe(1));
    const { receiver: lenient } = await streams({ tls: { ...tls, names: ['exporter'], requiresCertificate: false } });
    await send(lenient, others.client);
    await vi.waitFor(() => expect(lenient.stats().refused['name-not-allowed']).toBe(1));
    expect(lenient.stats().connections).toBe(0);
  });

  test.each([
    ['EXPORTER.example', alternative, true],
    ['192.0.2.1', alternative, true],
    ['192.0.2.2', alternative, false],
    ['example', alternative, false],
    ['hidden', alternative, false],
    ['Exporter', client, true],
  ])('%s is a name of a certificate by the rules of RFC 6125 section 6.4', async (name, credentials, isNamed) => {
    const { receiver, texts } = await streams({ tls: { ...tls, names: ['another', name] } });
    await send(receiver, credentials);
    await vi.waitFor(() =>
      expect([texts.length, receiver.stats().refused['name-not-allowed']]).toEqual(isNamed ? [1, 0] : [0, 1]),
    );
  });

  test('a handshake that never ends counts among the connections, and a plain talker is turned away', async () => {
    const { receiver } = await streams({ tls, maxConnectionsPerAddress: 1 });
    await plainClient(receiver);
    await once(await plainClient(receiver), 'close');
    expect(receiver.stats().refused['too-many-of-one-address']).toBe(1);
    const { receiver: second } = await streams({ tls });
    const talker = await plainClient(second);
    talker.write('GET / HTTP/1.1\r\n\r\n');
    await once(talker, 'close');
    expect(second.stats().refused['handshake-failed']).toBe(1);
  });

  test('what is no certificate is one sentence', async () => {
    await expect(streams({ tls: { ...tls, cert: 'no certificate' } })).rejects.toThrow(
      /^cannot use the certificate of 127\.0\.0\.1:0: /,
    );
  });
});
