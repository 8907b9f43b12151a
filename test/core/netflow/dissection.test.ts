import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Part } from '../../../core/bytes/part.ts';
import { VARIABLE_LENGTH, type Template } from '../../../core/ipfix/template.ts';
import { dissectFixedDatagram } from '../../../core/netflow/fixed-dissection.ts';
import { dissectV9Packet } from '../../../core/netflow/v9-dissection.ts';
import { readV9Packet } from '../../../core/netflow/v9-reader.ts';
import { dissectSFlowDatagram } from '../../../core/sflow/dissection.ts';
import { runScenario } from '../../../lab/run-scenario.ts';
import { datagramsOf } from '../../collector/corpus/datagrams.ts';
import { hasProgram } from '../../support/outside-program.ts';
import { allOf, expectWhole, leavesOf } from '../../support/parts.ts';
import { counterSample, datagram, flowSample, opaque, tagged, words } from '../sflow/xdr.ts';

const out = mkdtempSync(join(tmpdir(), 'flowlab-netflow-parts-'));
afterAll(() => rmSync(out, { recursive: true }));

const viewOf = (octets: Uint8Array): DataView => new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
const payloadsOf = (name: string): Uint8Array[] => datagramsOf(readFileSync(join(out, name))).map(({ payload }) => payload);

/** Each packet by the Templates of those before it. */
function dissectedV9(packets: readonly Uint8Array[]): Part[] {
  const known = new Map<number, Template>();
  return packets.map((packet) => {
    const part = dissectV9Packet(viewOf(packet), (id) => known.get(id));
    readV9Packet(viewOf(packet), {
      template: (_domain, template) => known.set(template.id, template),
      withdrawal: () => undefined,
      dataSet: () => undefined,
      issue: () => undefined,
    });
    return part;
  });
}

/** Octets at which tshark has a field begin and end, of each packet. */
function placesByTshark(name: string): { begins: Set<number>; ends: Set<number> }[] {
  const pdml = execFileSync('tshark', ['-r', join(out, name), '-d', 'udp.port==4739,cflow', '-T', 'pdml'], {
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
  });
  return pdml
    .split('<packet>')
    .slice(1)
    .map((text) => {
      const cflow = text.slice(text.indexOf('<proto name="cflow"'));
      const start = Number(/pos="(\d+)"/.exec(cflow)?.[1]);
      const fields = [...cflow.matchAll(/<field [^>]*size="(\d+)" pos="(\d+)"/g)];
      return {
        begins: new Set(fields.map(([, , pos]) => Number(pos) - start)),
        ends: new Set(fields.map(([, size, pos]) => Number(pos) - start + Number(size))),
      };
    });
}

describe('an export in NetFlow', () => {
  beforeAll(async () => {
    const monitors = [
      { name: 'v9', exporting: { protocol: 'netflow-v9' as const } },
      { name: 'v5', exporting: { protocol: 'netflow-v5' as const } },
    ];
    await runScenario({
      scenario: {
        title: 'Five minutes of two people',
        start: '2026-03-02T08:55:00Z',
        duration: '5m',
        office: { employees: 2 },
        router: { monitors },
      },
      out,
    });
  });

  test.each([
    ['export-v9.pcap', dissectedV9],
    ['export-v5.pcap', (all: readonly Uint8Array[]) => all.map((each) => dissectFixedDatagram(viewOf(each)))],
  ] as const)('%s has every octet in just one part, all of them read', (name, dissect) => {
    const packets = payloadsOf(name);
    expect(packets.length).toBeGreaterThan(2);
    let records = 0;
    for (const [index, part] of dissect(packets).entries()) {
      expectWhole(part, packets[index]!.length);
      expect(leavesOf(part).filter(({ kind }) => kind === 'fault' || kind === 'waiting')).toEqual([]);
      records += allOf(part).filter(({ kind }) => kind === 'record').length;
    }
    expect(records).toBeGreaterThan(20);
  });

  test.skipIf(!hasProgram('tshark')).each([
    ['export-v9.pcap', dissectedV9],
    ['export-v5.pcap', (all: readonly Uint8Array[]) => all.map((each) => dissectFixedDatagram(viewOf(each)))],
  ] as const)('%s has its fields where tshark has them', (name, dissect) => {
    const theirs = placesByTshark(name);
    let compared = 0;
    for (const [index, part] of dissect(payloadsOf(name)).entries()) {
      const { begins, ends } = theirs[index]!;
      for (const record of allOf(part).filter(({ kind }) => kind === 'record'))
        for (const { from, to, name: field } of record.parts ?? []) {
          expect(begins, `${field} of packet ${index}`).toContain(from);
          expect(ends, `${field} of packet ${index}`).toContain(to);
          compared++;
        }
    }
    expect(compared).toBeGreaterThan(400);
  });

  test('without its Template waits for it', () => {
    const packets = payloadsOf('export-v9.pcap');
    const waiting = packets
      .flatMap((each) => leavesOf(dissectV9Packet(viewOf(each), () => undefined)))
      .filter(({ kind }) => kind === 'waiting');
    expect(waiting.length).toBeGreaterThan(0);
  });
});

test('an sFlow datagram is told sample by sample, record by record', () => {
  const header = words(1, 64, 4, 14, ...[0, 0, 0]).concat([0, 0]);
  const octets = datagram(
    flowSample(tagged(1, header.concat([0, 0])), tagged(4095, opaque([1, 2, 3]))),
    counterSample(tagged(1, words(...new Array<number>(22).fill(7)))),
  );
  const part = dissectSFlowDatagram(viewOf(octets));
  expectWhole(part, octets.length);
  expect((part.parts ?? []).map(({ name }) => name)).toEqual(['Header', 'Flow Sample', 'Counter Sample']);
  const valueOf = (name: string): unknown => allOf(part).find((each) => each.name === name)?.value;
  expect([valueOf('agent address'), valueOf('sub-agent id'), valueOf('sampling rate')]).toEqual(['192.0.2.7', 3, 256]);
  expect(leavesOf(part).filter(({ kind }) => kind === 'fault')).toEqual([]);
  expect(allOf(part).filter(({ kind }) => kind === 'record').length).toBe(3);
});

/** Whatever octets behind a beginning that makes sense, and what is nearly a datagram. */
const beginning = (...octets: number[]) => fc.uint8Array({ maxLength: 300 }).map((rest) => Uint8Array.from([...octets, ...rest]));
const smallWords = fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 60 });

test('of whatever octets nothing is thrown and no octet left out', () => {
  const template: Template = {
    id: 256,
    scopeFieldCount: 0,
    fields: [
      { enterpriseNumber: 0, elementId: 8, length: 4 },
      { enterpriseNumber: 0, elementId: 82, length: VARIABLE_LENGTH },
    ],
  };
  const nineOf = smallWords.map((values) =>
    Uint8Array.from([0, 9, ...new Array<number>(18).fill(0), ...values.flatMap((value) => [value >> 8, value & 255])]),
  );
  const sflowOf = smallWords.map((values) => Uint8Array.from(words(5, 1, 1, 2, 3, 4, ...values)));
  const octets = fc.oneof(
    fc.uint8Array({ maxLength: 100 }),
    beginning(0, 9),
    beginning(0, 5, 0, 3),
    beginning(0, 1, 0, 2),
    beginning(0, 7, 0, 1),
    beginning(0, 0, 0, 5),
    nineOf,
    sflowOf,
  );
  fc.assert(
    fc.property(octets, (each) => {
      expectWhole(
        dissectV9Packet(viewOf(each), (id) => (id === 256 ? template : undefined)),
        each.length,
      );
      expectWhole(dissectFixedDatagram(viewOf(each)), each.length);
      expectWhole(dissectSFlowDatagram(viewOf(each)), each.length);
    }),
    { numRuns: 1_500 },
  );
});
