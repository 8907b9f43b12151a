import { describe, expect, test } from 'vitest';
import { KEY_TYPES } from '../../core/ntp/key-file.ts';
import { decodePacket, encodePacket, type NtpPacket } from '../../core/ntp/packet.ts';
import { referenceIdOf } from '../../core/ntp/reference-id.ts';
import { SntpClient } from '../../core/ntp/sntp-client.ts';
import { signed, type SymmetricKey } from '../../core/ntp/symmetric-key.ts';
import { Random } from '../../core/random/random.ts';
import { NS_PER_S, trueNs } from '../../core/time/instant.ts';
import { VirtualClock } from '../../core/time/virtual-clock.ts';
import { keyOf } from '../../runtime/ntp-keys.ts';
import { EPOCH } from './ask.ts';
import { ClientWorld, type ClientWorldOptions } from './client-world.ts';

const AHEAD_S = 300;
const sha1 = (id: number, secret: string): SymmetricKey => keyOf({ id, type: 'SHA1', secret: new TextEncoder().encode(secret) });
const KEY = sha1(1, 'tulip');

/** A client with `client` as the server's key, and a server that has `server`, which is 300 s ahead. */
function worldOf(client: SymmetricKey | undefined, server: SymmetricKey, tamper?: ClientWorldOptions['tamper']): ClientWorld {
  return new ClientWorld({
    serverClock: { offsetNs: AHEAD_S * NS_PER_S },
    server: { keys: new Map([[server.id, server]]) },
    client: { initialDelayMs: 0, keys: client === undefined ? new Map() : new Map([['server', client]]) },
    ...(tamper && { tamper }),
  });
}

test.each(KEY_TYPES)('a client and a server that share a key of %s agree on the time', (type) => {
  const key = keyOf({ id: 7, type, secret: new Uint8Array(type === 'AES256' ? 32 : 16).fill(5) });
  const world = worldOf(key, key).runFor(10);
  expect(world.server.counters).toMatchObject({ responded: 4, key: 0, mac: 0 });
  expect(world.rejections).toEqual([]);
  expect(world.samples).toHaveLength(4);
  expect(Math.abs(world.errorNs)).toBeLessThan(1_000);
});

test.each([
  ['mac', sha1(1, 'rose')],
  ['key', sha1(2, 'tulip')],
] as const)('a server that finds fault with the %s of a request is silent, and the clock is left alone', (fault, serverKey) => {
  const world = worldOf(KEY, serverKey).runFor(10);
  expect(world.server.counters).toMatchObject({ responded: 0, [fault]: 5 });
  expect(world.happenings).toEqual([]);
  expect(world.clock.history).toHaveLength(1);
});

const flipped = (octets: Uint8Array, at: number): Uint8Array => octets.map((octet, index) => (index === at ? octet ^ 1 : octet));
const headerOf = (reply: Uint8Array): Uint8Array => reply.slice(0, 48);
const kiss = (reply: Uint8Array): Uint8Array =>
  encodePacket({ ...(decodePacket(reply) as NtpPacket), stratum: 0, leap: 3, referenceId: referenceIdOf('DENY') });

/** What may be done to a reply on its way, and what the client says of it. */
const FORGERIES: readonly (readonly [
  what: string,
  forge: (reply: Uint8Array, request: Uint8Array) => Uint8Array,
  reason: string,
])[] = [
  ['the MAC is stripped', headerOf, 'unauthenticated'],
  ['the MAC is stripped of a kiss DENY', kiss, 'unauthenticated'],
  ['another key has signed it', (reply) => signed(headerOf(reply), sha1(2, 'tulip'), 4), 'key'],
  ['another secret has signed it', (reply) => signed(headerOf(reply), sha1(1, 'rose'), 4), 'mac'],
  ['a bit of the transmit timestamp is changed', (reply) => flipped(reply, 44), 'mac'],
  ['a bit of the MAC is changed', (reply) => flipped(reply, 71), 'mac'],
  ['the digest is cut', (reply) => reply.slice(0, 68), 'mac'],
  ['the request comes back', (_reply, request) => request, 'mode'],
  ['it is a crypto-NAK', (reply) => Uint8Array.of(...headerOf(reply), 0, 0, 0, 0), 'crypto-nak'],
];

describe('a forged reply to a signed request', () => {
  test.each(FORGERIES)('is not believed: %s', (_what, forge, reason) => {
    const world = worldOf(KEY, KEY, (reply, request) => [forge(reply, request)]).runFor(1);
    expect(world.happenings).toMatchObject([{ kind: 'rejected', reason }]);
    expect(world.clock.history).toHaveLength(1);
  });

  test.each(FORGERIES)('does not shut out the right one: %s', (_what, forge, reason) => {
    const world = worldOf(KEY, KEY, (reply, request) => [forge(reply, request), reply]).runFor(1);
    expect(world.happenings).toMatchObject([
      { kind: 'rejected', reason },
      { kind: 'sample', action: 'step' },
    ]);
  });
});

test('a signed reply that is sent again is a duplicate, and no answer to a later request', () => {
  const seen: Uint8Array[] = [];
  const world = worldOf(KEY, KEY, (reply) => {
    seen.push(reply);
    return [seen[0] as Uint8Array, seen[0] as Uint8Array];
  }).runFor(10);
  expect(world.samples).toHaveLength(1);
  expect(world.rejections.length).toBeGreaterThan(5);
  expect(new Set(world.rejections)).toEqual(new Set(['duplicate']));
});

test("a signed kiss-o'-death is obeyed", () => {
  const world = worldOf(KEY, KEY, (reply) => [signed(kiss(reply), KEY, 4)]).runFor(100);
  expect(world.rejections).toEqual(['kiss-DENY']);
  expect(world.sentAt).toHaveLength(1);
});

test('a client without a key takes no signed reply', () => {
  const world = worldOf(undefined, KEY, (reply) => [signed(reply, KEY, 4)]).runFor(1);
  expect(world.rejections).toEqual(['authenticated']);
});

test('each server has a key of its own, or none', () => {
  const keys = new Map([
    ['a', KEY],
    ['b', sha1(2, 'rose')],
  ]);
  const servers = ['a', 'b', 'c'];
  const random = new Random(1);
  const client = new SntpClient({ clock: new VirtualClock(), epoch: EPOCH, random, servers, keys, initialDelayMs: 0 });
  client.handleTimeout(trueNs(0));
  const requests = servers.map(() => client.poll());
  const macs = requests.map((output) => (output?.kind === 'send' ? [...output.payload.subarray(48, 52)] : undefined));
  expect(macs).toEqual([[0, 0, 0, 1], [0, 0, 0, 2], []]);
});
