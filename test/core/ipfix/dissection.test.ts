import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Part } from '../../../core/bytes/part.ts';
import { dissectMessage } from '../../../core/ipfix/dissection.ts';
import { readMessage } from '../../../core/ipfix/message-reader.ts';
import type { Template } from '../../../core/ipfix/template.ts';
import { runScenario } from '../../../lab/run-scenario.ts';
import { datagramsOf } from '../../collector/corpus/datagrams.ts';
import { HostileMessages } from '../../fuzz/hostile-messages.ts';
import { toldIn } from '../../support/decoded-messages.ts';
import { hasProgram } from '../../support/outside-program.ts';
import { allOf, expectWhole, leavesOf } from '../../support/parts.ts';
import { octetsOf } from './recording-visitor.ts';

const out = mkdtempSync(join(tmpdir(), 'flowlab-dissection-'));
afterAll(() => rmSync(out, { recursive: true }));
const capture = join(out, 'export.pcap');
let messages: Uint8Array[];

beforeAll(async () => {
  await runScenario({
    scenario: {
      title: 'Five minutes of two people',
      start: '2026-03-02T08:55:00Z',
      duration: '5m',
      office: { employees: 2 },
      router: { exporting: { dnsNames: true } },
    },
    out,
  });
  messages = datagramsOf(readFileSync(capture)).map(({ payload }) => payload);
});

const viewOf = (octets: Uint8Array): DataView => new DataView(octets.buffer, octets.byteOffset, octets.byteLength);

/** Each Message by the Templates of those before it. */
function dissected(all: readonly Uint8Array[]): Part[] {
  const known = new Map<number, Template>();
  return all.map((message) => {
    const part = dissectMessage(viewOf(message), (id) => known.get(id));
    for (const { template } of templatesIn(message)) known.set(template.id, template);
    return part;
  });
}

function templatesIn(message: Uint8Array): { template: Template }[] {
  const found: { template: Template }[] = [];
  readMessage(viewOf(message), {
    template: (_domain, template) => found.push({ template }),
    withdrawal: () => undefined,
    dataSet: () => undefined,
    issue: () => undefined,
  });
  return found;
}

describe('a Message taken apart', () => {
  test('has every octet in just one part', () => {
    expect(messages.length).toBeGreaterThan(10);
    for (const [index, part] of dissected(messages).entries()) {
      expectWhole(part, messages[index]!.length);
      expect(leavesOf(part).filter(({ kind }) => kind === 'fault' || kind === 'waiting')).toEqual([]);
    }
  });

  test('has the records and values that the reader of records finds', () => {
    const told = toldIn(messages).filter(({ values }) => values !== undefined);
    const records = dissected(messages).flatMap((part) => allOf(part).filter(({ kind }) => kind === 'record'));
    expect(records.length).toBe(told.length);
    for (const [index, { parts = [], templateId }] of records.entries()) {
      const { template, values = [] } = told[index]!;
      expect(templateId).toBe(template.id);
      for (const [place, value] of values.entries()) {
        if (typeof value === 'number' && typeof parts[place]?.value === 'number') expect(parts[place].value).toBe(value);
      }
      expect(parts.map(({ element }) => element?.elementId)).toEqual(template.fields.map(({ elementId }) => elementId));
    }
  });

  test.skipIf(!hasProgram('tshark'))('has its fields where tshark has them', () => {
    const pdml = execFileSync('tshark', ['-r', capture, '-d', 'udp.port==4739,cflow', '-T', 'pdml'], {
      encoding: 'utf8',
      maxBuffer: 2 ** 30,
    });
    const packets = pdml.split('<packet>').slice(1);
    expect(packets.length).toBe(messages.length);
    let compared = 0;
    for (const [index, part] of dissected(messages).entries()) {
      const cflow = packets[index]!.slice(packets[index]!.indexOf('<proto name="cflow"'));
      const start = Number(/pos="(\d+)"/.exec(cflow)?.[1]);
      const theirs = [...cflow.matchAll(/<field [^>]*size="(\d+)" pos="(\d+)"/g)].map(([, size, pos]) => ({
        from: Number(pos) - start,
        to: Number(pos) - start + Number(size),
      }));
      // An application's id is two fields there: engine and selector.
      const begins = new Set(theirs.map(({ from }) => from));
      const ends = new Set(theirs.map(({ to }) => to));
      for (const record of allOf(part).filter(({ kind }) => kind === 'record')) {
        for (const { from, to, name, value, element } of record.parts ?? []) {
          // The example enterprise of RFC 5612, which tshark shows as a whole.
          if (element?.enterpriseNumber === 32_473) continue;
          // Of a string of variable length tshark has the octets apart from their count, which is one octet here.
          const isVariable = typeof value === 'string' && to - from === value.length + 1 && /name/i.test(name);
          const at = isVariable ? from + 1 : from;
          if (at === to) continue;
          expect(begins, `${name} of Message ${index}`).toContain(at);
          expect(ends, `${name} of Message ${index}`).toContain(to);
          compared++;
        }
      }
    }
    expect(compared).toBeGreaterThan(400);
  });

  test('says what values mean', () => {
    const fields = dissected(messages).flatMap((part) => allOf(part).filter(({ kind }) => kind === 'field'));
    const of = (name: string): string[] => fields.filter((field) => field.name === name).map(({ words = '' }) => words);
    expect(of('protocolIdentifier')).toContain('which transport the packets carry: UDP');
    expect(of('flowStartMilliseconds').some((words) => /exporter’s clock: 2026-03-02 08:5\d:\d\d\.\d{3} UTC$/.test(words))).toBe(
      true,
    );
    expect(of('tcpControlBits').some((words) => words.endsWith('FIN SYN PSH ACK'))).toBe(true);
  });

  test('without its Template waits for it', () => {
    const without = messages.find((message) => templatesIn(message).length === 0)!;
    const waiting = leavesOf(dissectMessage(viewOf(without), () => undefined)).filter(({ kind }) => kind === 'waiting');
    expect(waiting.length).toBeGreaterThan(0);
    for (const { words } of waiting) expect(words).toMatch(/^Template \d+ is not known yet/);
  });

  test.each([
    ['nothing', [], []],
    ['less than a header', [0, 10, 0, 16], ['no header of an IPFIX Message (RFC 7011 section 3.1)']],
    [
      'a Set that ends outside',
      [...octetsOf('000a0018 00000000 00000000 00000001 01000010 00000000')],
      ['a Set of length 16, 8 octets are left'],
    ],
  ])('%s is a fault where it is', (_what, octets, words) => {
    const part = dissectMessage(viewOf(Uint8Array.from(octets)), () => undefined);
    expect(leavesOf(part).flatMap(({ kind, words: said }) => (kind === 'fault' ? [said] : []))).toEqual(words);
  });

  test('of whatever octets throws nothing, ends, and leaves no octet out', () => {
    const hostile = new HostileMessages(7);
    const known = new Map(messages.flatMap(templatesIn).map(({ template }) => [template.id, template]));
    for (let round = 0; round < 5_000; round++) {
      const octets = round % 2 === 0 ? hostile.message() : hostile.mutate(hostile.pick(messages), hostile.pick(messages));
      const part = dissectMessage(viewOf(octets), (id) => known.get(id));
      expectWhole(part, octets.length);
    }
  });
});
