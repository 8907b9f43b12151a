import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import type { Part } from '../../../core/bytes/part.ts';
import { fileHeader, udpPacket } from '../../../core/net/pcap.ts';
import { dissectNtpPacket } from '../../../core/ntp/dissection.ts';
import { encodePacket, type NtpPacket } from '../../../core/ntp/packet.ts';
import { referenceIdOf } from '../../../core/ntp/reference-id.ts';
import { ntpTimestamp } from '../../../core/ntp/timestamp.ts';
import { wallNs } from '../../../core/time/instant.ts';
import { extensionField } from '../../ntp-server/request-forms.ts';
import { hasProgram } from '../../support/outside-program.ts';
import { allOf, expectWhole, leavesOf } from '../../support/parts.ts';

const NEAR_MS = Date.parse('2026-03-02T09:00:00Z');
const at = (iso: string, ns = 0): bigint => ntpTimestamp({ unixMs: Date.parse(iso) }, wallNs(ns));

const REPLY: NtpPacket = {
  leap: 0,
  version: 4,
  mode: 4,
  stratum: 2,
  poll: 6,
  precision: -20,
  rootDelayS: 0.015625,
  rootDispersionS: 0.001953125,
  referenceId: 0xc0000207,
  referenceTimestamp: at('2026-03-02T08:58:00Z'),
  originTimestamp: 0x0123456789abcdefn,
  receiveTimestamp: at('2026-03-02T09:00:00Z', 500),
  transmitTimestamp: at('2026-03-02T09:00:00Z', 250_000_000),
};
const REQUEST: NtpPacket = {
  leap: 0,
  version: 4,
  mode: 3,
  stratum: 0,
  poll: 0,
  precision: 0,
  rootDelayS: 0,
  rootDispersionS: 0,
  referenceId: 0,
  referenceTimestamp: 0n,
  originTimestamp: 0n,
  receiveTimestamp: 0n,
  transmitTimestamp: 0x0123456789abcdefn,
};

const dissect = (packet: NtpPacket, trailer: readonly number[] = []): Part =>
  dissectNtpPacket(Uint8Array.of(...encodePacket(packet), ...trailer), NEAR_MS);
const field = (part: Part, name: string): Part => allOf(part).find((each) => each.name === name)!;
const zeros = (length: number): number[] => new Array<number>(length).fill(0);

test('a reply is told field by field', () => {
  const part = dissect(REPLY);
  expectWhole(part, 48);
  expect(leavesOf(part).map(({ name, value }) => [name, value])).toEqual([
    ['LI, VN, Mode', undefined],
    ['Stratum', 2],
    ['Poll', 6],
    ['Precision', -20],
    ['Root Delay', '15.6 ms'],
    ['Root Dispersion', '1.95 ms'],
    ['Reference ID', '192.0.2.7'],
    ['Reference Timestamp', '2026-03-02 08:58:00.000000000 UTC'],
    ['Origin Timestamp', expect.anything()],
    ['Receive Timestamp', '2026-03-02 09:00:00.000000500 UTC'],
    ['Transmit Timestamp', '2026-03-02 09:00:00.250000000 UTC'],
  ]);
  expect(field(part, 'LI, VN, Mode').bits?.map(({ value }) => value)).toEqual([0, 4, 4]);
  expect(field(part, 'Stratum').words).toBe('1 server between it and a reference clock');
  expect(field(part, 'Poll').words).toBe('how often the server is asked: every 2^6 s = 64 s');
  expect(field(part, 'Precision').words).toBe('how finely the clock is read: 2^-20 s = 954 ns');
});

test.each([
  ['RATE', 'kiss code: the client asks too often and must ask less often'],
  ['XYZ', 'kiss code: a kiss code for experiments, to be ignored'],
  ['ODD', 'kiss code: a kiss code nobody knows'],
])('stratum 0 with %s is a kiss', (code, words) => {
  const part = dissect({ ...REPLY, stratum: 0, referenceId: referenceIdOf(code) });
  expect(field(part, 'Reference ID')).toMatchObject({ value: code, words });
  expect(field(part, 'Stratum').words).toMatch(/^a kiss-o’-death/);
});

test.each([
  [1, 'GPS', 'reference clock: the Global Positioning System'],
  [1, 'ABCD', 'reference clock: of a kind nobody has registered'],
  [16, 'INIT', 'of a clock that is not synchronised'],
])('a reference identifier of stratum %i, %s', (stratum, value, words) => {
  expect(field(dissect({ ...REPLY, stratum, referenceId: referenceIdOf(value) }), 'Reference ID')).toMatchObject({
    value,
    words,
  });
});

test('a request that tells nothing is not taken for a kiss', () => {
  const part = dissect(REQUEST);
  for (const name of ['Stratum', 'Poll', 'Precision', 'Reference ID']) expect(field(part, name).words).toBe('not told');
  expect(field(part, 'Receive Timestamp').value).toBe('0');
});

test('a timestamp of era 1 is a date after 2036', () => {
  const packet = encodePacket({ ...REPLY, transmitTimestamp: at('2036-02-07T06:28:17Z') });
  const near = (iso: string): Part => field(dissectNtpPacket(packet, Date.parse(iso)), 'Transmit Timestamp');
  expect(near('2036-02-07T06:00:00Z')).toMatchObject({ value: '2036-02-07 06:28:17.000000000 UTC' });
  expect(near('2036-02-07T06:00:00Z').words).toMatch(/NTP’s era 1$/);
});

test('what follows the header is extension fields and a MAC, or says what is wrong', () => {
  const names = (trailer: readonly number[]): string[] =>
    (dissect(REPLY, trailer).parts ?? []).slice(1).map(({ name, kind }) => (kind === 'fault' ? kind : name));
  expect(names([0, 0, 0, 7, ...zeros(16)])).toEqual(['MAC']);
  expect(names([...extensionField(16), 0, 0, 0, 7, ...zeros(20)])).toEqual(['Extension Field', 'MAC']);
  expect(names([...extensionField(16), ...extensionField(28)])).toEqual(['Extension Field', 'Extension Field']);
  expect(names(zeros(4))).toEqual(['Key Identifier']);
  expect(names(zeros(7))).toEqual(['fault']);
  expect(field(dissect(REPLY, [0, 0, 0, 7, ...zeros(20)]), 'Key Identifier').value).toBe(7);
});

test('a packet that ends too early says where', () => {
  const part = dissectNtpPacket(encodePacket(REPLY).subarray(0, 30), NEAR_MS);
  expectWhole(part, 30);
  expect(leavesOf(part).at(-1)).toMatchObject({ from: 24, to: 30, kind: 'fault' });
  expect(leavesOf(part).at(-1)?.words).toBe('the packet ends inside its Origin Timestamp: a header has 48 octets');
});

/** Packets whose header and trailer may be anything, most often something that makes sense. */
const PACKETS = fc
  .tuple(
    fc.oneof(fc.uint8Array({ maxLength: 60 }), fc.uint8Array({ minLength: 48, maxLength: 48 })),
    fc.array(
      fc.oneof(
        fc.integer({ min: 3, max: 12 }).map((words) => extensionField(4 * words)),
        fc.constantFrom(...[4, 20, 24, 36].map((length) => [0, 0, 0, 7, ...zeros(length - 4)])),
      ),
      { maxLength: 4 },
    ),
    fc.boolean(),
  )
  .map(([header, trailers, isReply]) => {
    const octets = Uint8Array.from([...header, ...trailers.flat()]);
    if (isReply && octets.length > 0) octets[0] = 0x24;
    return octets;
  });

test('of whatever octets throws nothing and leaves no octet out', () => {
  fc.assert(
    fc.property(
      PACKETS,
      fc.integer({ min: -(2 ** 52), max: 2 ** 52 }).map((ms) => ms / 1_000),
      (octets, nearMs) => {
        expectWhole(dissectNtpPacket(octets, nearMs), octets.length);
      },
    ),
    { numRuns: 2_000 },
  );
});

test.skipIf(!hasProgram('tshark'))('has its fields where tshark has them, with its values', () => {
  const out = mkdtempSync(join(tmpdir(), 'flowlab-ntp-parts-'));
  onTestFinished(() => rmSync(out, { recursive: true }));
  const digest = Array.from({ length: 20 }, (_, index) => index);
  const packets = [
    encodePacket(REQUEST),
    encodePacket(REPLY),
    encodePacket({ ...REPLY, stratum: 0, referenceId: referenceIdOf('RATE') }),
    encodePacket({ ...REPLY, leap: 3, stratum: 16, version: 3, rootDelayS: 3.5 }),
    Uint8Array.of(...encodePacket({ ...REPLY, stratum: 1, referenceId: referenceIdOf('GPS') }), 0, 0, 0, 9, ...digest),
  ];
  const frames = packets.map((payload, index) =>
    udpPacket({
      time: { s: NEAR_MS / 1_000, ns: index },
      sourceAddress: 0xc0000201,
      sourcePort: 123,
      destinationAddress: 0xc0000202,
      destinationPort: 50_000,
      identification: index,
      payload,
    }),
  );
  writeFileSync(join(out, 'ntp.pcap'), Buffer.concat([fileHeader(), ...frames]));
  const pdml = execFileSync('tshark', ['-r', join(out, 'ntp.pcap'), '-T', 'pdml'], { encoding: 'utf8' });
  const told = pdml.split('<packet>').slice(1);
  expect(told.length).toBe(packets.length);
  for (const [index, text] of told.entries()) {
    const proto = text.slice(text.indexOf('<proto name="ntp"'));
    const start = Number(/pos="(\d+)"/.exec(proto)?.[1]);
    const theirs = new Map(
      [...proto.matchAll(/<field name="(ntp\.[a-z.]+)"[^>]*size="(\d+)" pos="(\d+)"[^>]*value="([0-9a-f]+)"/g)].map(
        ([, name = '', size, pos, value]) => [name, [Number(pos) - start, Number(size), value]],
      ),
    );
    const octets = packets[index]!;
    const ours = new Map(
      leavesOf(dissectNtpPacket(octets, NEAR_MS)).map(({ name, from, to }) => [
        name,
        [from, to - from, Buffer.from(octets.subarray(from, to)).toString('hex')],
      ]),
    );
    for (const [name, called] of TSHARK_NAMES) {
      if (ours.has(name)) expect(ours.get(name), `${name} of packet ${index}`).toEqual(theirs.get(called));
    }
    expect(theirs.has('ntp.keyid')).toBe(ours.has('Key Identifier'));
  }
});

const TSHARK_NAMES = [
  ['LI, VN, Mode', 'ntp.flags'],
  ['Stratum', 'ntp.stratum'],
  ['Poll', 'ntp.ppoll'],
  ['Precision', 'ntp.precision'],
  ['Root Delay', 'ntp.rootdelay'],
  ['Root Dispersion', 'ntp.rootdispersion'],
  ['Reference ID', 'ntp.refid'],
  ['Reference Timestamp', 'ntp.reftime'],
  ['Origin Timestamp', 'ntp.org'],
  ['Receive Timestamp', 'ntp.rec'],
  ['Transmit Timestamp', 'ntp.xmt'],
  ['Key Identifier', 'ntp.keyid'],
] as const;
