import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signed, type KeyRing } from '../../core/ntp/symmetric-key.ts';
import { Random } from '../../core/random/random.ts';
import { buildNtpServer } from '../../ntp-server/build.ts';
import { servedTimeSchema } from '../../ntp-server/config.ts';
import { UdpServer } from '../../ntp-server/io/udp-server.ts';
import { md5, readNtpKeys } from '../../runtime/ntp-keys.ts';
import { startSystemTime } from '../../runtime/system-time.ts';
import { hasProgram } from '../support/outside-program.ts';
import { Chronyd } from './chronyd.ts';
import { putTo } from './put-to.ts';
import { answerOf, extensionField, numbered, request, REQUEST_FORMS } from './request-forms.ts';

const KEYS = [
  '1 SHA1 HEX:0102030405060708090a0b0c0d0e0f1011121314',
  '2 AES128 HEX:000102030405060708090a0b0c0d0e0f',
  '3 MD5 HEX:0102030405060708090a0b0c0d0e0f10',
  '4 SHA256 HEX:0102030405060708090a0b0c0d0e0f10',
  '5 AES256 HEX:000102030405060708090a0b0c0d0e0f000102030405060708090a0b0c0d0e0f',
  '6 SHA512 ASCII:tulip',
];

let directory: string;
let keys: KeyRing;
let ours: UdpServer;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ntp-golden-'));
  const keyFile = join(directory, 'keys');
  writeFileSync(keyFile, KEYS.join('\n'), { mode: 0o600 });
  keys = readNtpKeys(keyFile);
  const time = startSystemTime();
  const server = buildNtpServer(servedTimeSchema.parse({}), { epoch: time.epoch, random: new Random(1), md5, keys });
  ours = await UdpServer.listen({ address: '127.0.0.1', port: 0 }, server, time);
});
afterAll(async () => {
  await ours.close();
  await rm(directory, { recursive: true });
});

const forms = REQUEST_FORMS.map(([, payload], index) => numbered(payload, index));
const answers = (replies: readonly (Uint8Array | undefined)[]) =>
  replies.map((reply) => (reply === undefined ? 'silence' : answerOf(reply)));

test('the table has eighteen forms, and no two are the same', () => {
  expect(new Set(REQUEST_FORMS.map(([form]) => form)).size).toBe(18);
  expect(new Set(REQUEST_FORMS.map(([, payload]) => payload.join())).size).toBe(18);
  expect(REQUEST_FORMS.filter(([, , answer]) => answer !== 'silence')).toHaveLength(7);
});

test('each form gets what the table says', async () => {
  const replies = await putTo(ours.endpoint.port, forms);
  const table = REQUEST_FORMS.map(([form, , answer]) => [form, answer]);
  expect(answers(replies).map((answer, index) => [REQUEST_FORMS[index]?.[0], answer])).toEqual(table);
  for (const [index, reply] of replies.entries()) {
    // The transmit timestamp comes back bit by bit, and the poll interval.
    if (reply !== undefined) expect(reply.subarray(24, 32)).toEqual(forms[index]?.subarray(40, 48));
    if (reply !== undefined) expect(reply[2]).toBe(6);
  }
});

/** A request of any version and mode with extension fields, a MAC or none, right or wrong, and cut or not. */
function anyRequest(random: Random, index: number): Uint8Array {
  const version = random.chance(0.7) ? 4 : random.int(0, 7);
  const mode = random.chance(0.7) ? 3 : random.int(0, 7);
  const trailer: number[] = [];
  for (let fields = random.chance(0.6) ? random.int(0, 3) : 0; fields > 0; fields--) {
    const field = extensionField(4 * random.int(1, 10));
    if (random.chance(0.15)) field[3] = random.int(0, 80);
    trailer.push(...field);
  }
  let payload = numbered(request(version, mode, trailer), index);
  const key = keys.get(random.int(1, 7));
  if (key !== undefined && random.chance(0.5)) payload = signed(payload, key, random.chance(0.9) ? version : random.int(1, 4));
  if (random.chance(0.15)) payload[random.int(48, payload.length)] = random.int(0, 255);
  return random.chance(0.1) ? payload.slice(0, random.int(49, payload.length + 4)) : payload;
}

describe.skipIf(!hasProgram('chronyd'))('chronyd', () => {
  let chronyd: Chronyd;
  beforeAll(async () => {
    chronyd = await Chronyd.serve([`keyfile ${join(directory, 'keys')}`]);
  }, 30_000);
  afterAll(() => chronyd.stop());

  test('answers the same to the eighteen forms', async () => {
    expect(answers(await putTo(chronyd.port, forms))).toEqual(REQUEST_FORMS.map(([, , answer]) => answer));
  });

  test('answers the same to a thousand requests with extension fields and MACs, drawn by a seed', async () => {
    const random = new Random(20);
    const requests = Array.from({ length: 1_000 }, (_, index) => anyRequest(random, index));
    const theirs = await putTo(chronyd.port, requests);
    const own = await putTo(ours.endpoint.port, requests);
    for (const [index, reply] of theirs.entries()) {
      const about = `request ${index}: ${Buffer.from(requests[index]!).toString('hex')}`;
      expect(answers([own[index]]), about).toEqual(answers([reply]));
      // Key identifiers, and that theirs are MACs by our reading.
      expect(own[index]?.slice(48, 52), about).toEqual(reply?.slice(48, 52));
      if (reply !== undefined && reply.length > 48) {
        const key = keys.get(new DataView(reply.buffer, reply.byteOffset).getUint32(48))!;
        expect(signed(reply.subarray(0, 48), key, (reply[0]! >> 3) & 7), about).toEqual(reply);
      }
    }
    const signedReplies = theirs.filter((reply) => (reply?.length ?? 0) > 48);
    expect(theirs.filter((reply) => reply === undefined).length).toBeGreaterThan(200);
    expect(theirs.filter((reply) => reply?.length === 48).length).toBeGreaterThan(100);
    expect(new Set(signedReplies.map((reply) => reply?.[51]))).toEqual(new Set([1, 2, 3, 4, 5, 6]));
  });
});
