import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterAll, expect, test } from 'vitest';
import { readCommandLine } from '../../../collector/io/command-line.ts';
import { readFile } from '../../../collector/io/read-file.ts';
import { readingSchema } from '../../../collector/reading/config.ts';
import { fileHeader, udpPacket } from '../../../core/net/pcap.ts';
import { APPLICATIONS, flow, FLOWS, message } from '../support/exporter.ts';

const directory = mkdtempSync(join(tmpdir(), 'read-'));
afterAll(() => rmSync(directory, { recursive: true }));

const MESSAGES = [
  message({ records: [flow(100)] }),
  message({
    sequenceNumber: 1,
    templates: [FLOWS, APPLICATIONS],
    records: [flow(200), [APPLICATIONS, [0x06000001, 'you\u001b[2Jtube']]],
  }),
];

const capture = (destinationPort: number): Uint8Array =>
  Uint8Array.from([
    ...fileHeader(),
    ...MESSAGES.flatMap((payload, index) => [
      ...udpPacket({
        time: { s: 1_772_442_000 + index, ns: 0 },
        sourceAddress: 0xc0000201,
        sourcePort: 50_000,
        destinationAddress: 0xc6336401,
        destinationPort,
        identification: index,
        payload,
      }),
    ]),
  ]);

const FILES = {
  'export.pcap': capture(4_739),
  'messages.ipfix': Uint8Array.from(MESSAGES.flatMap((octets) => [...octets])),
  'text.txt': new TextEncoder().encode('flows, but told in words'),
  empty: new Uint8Array(0),
} as const;
const pathOf = (name: keyof typeof FILES): string => join(directory, name);
for (const [name, octets] of Object.entries(FILES)) writeFileSync(join(directory, name), octets);

/** The program as a user runs it. */
function collector(
  args: readonly string[],
  stdin: Uint8Array,
): Promise<{ exitCode: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'collector/main.ts', ...args]);
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (text: Buffer) => (stdout += text.toString()));
  child.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
  child.stdin.end(stdin);
  return new Promise((resolve) => child.on('close', (exitCode) => resolve({ exitCode, stdout, stderr })));
}

/** The lines the program would print; rejects with what it would complain of. */
async function read(...args: readonly string[]): Promise<string[]> {
  const invocation = readCommandLine(['--read', ...args]);
  if (invocation.kind !== 'read') throw new Error(invocation.kind === 'usage' ? invocation.message : invocation.kind);
  let text = '';
  const output = new Writable({ write: (chunk: Buffer, _encoding, done) => ((text += chunk.toString()), done()) });
  await readFile(invocation.options, output);
  return text.split('\n').slice(0, -1);
}

const parsed = (lines: readonly string[]): Record<string, unknown>[] =>
  lines.map((line) => JSON.parse(line) as Record<string, unknown>);

test('--read --json: a line for each record of a capture in the order of arrival, the counts last', async () => {
  const [late, first, options, counts, ...more] = parsed(await read(pathOf('export.pcap'), '--json'));
  expect(more).toEqual([]);
  const from = { exporter: '192.0.2.1:50000', domain: 1, protocol: 'ipfix', startUs: null, endUs: null };
  expect(late).toMatchObject({ ...from, message: 0, set: 0, templateId: 256, late: true });
  expect(first).toEqual({
    ...from,
    message: 1,
    set: 2,
    templateId: 256,
    fields: [
      { pen: 0, id: 8, name: 'sourceIPv4Address', value: '10.0.0.5' },
      { pen: 0, id: 12, name: 'destinationIPv4Address', value: '198.18.1.1' },
      { pen: 0, id: 1, name: 'octetDeltaCount', value: 200 },
      { pen: 0, id: 2, name: 'packetDeltaCount', value: 1 },
    ],
  });
  expect(options).toMatchObject({ templateId: 257, options: true });
  expect(counts).toMatchObject({ counts: { messages: 2, records: 2, optionsRecords: 1, lateRecords: 1, issues: {} } });
});

test('an IPFIX File (RFC 5655), and from a pipe the same', async () => {
  const lines = await read(pathOf('messages.ipfix'), '--json');
  expect(parsed(lines)[0]).toMatchObject({ exporter: '', domain: 1 });
  expect(parsed(lines).at(-1)).toMatchObject({ counts: { records: 2, optionsRecords: 1, input: { kind: 'messages' } } });
  const pipe = await collector(['--read', '-', '--json'], FILES['messages.ipfix']);
  expect(pipe).toEqual({ exitCode: 0, stdout: lines.map((line) => `${line}\n`).join(''), stderr: '' });
});

test('--read alone: a table, in which no name from outside moves the cursor', async () => {
  const lines = await read(pathOf('export.pcap'));
  expect(lines[0]).toMatch(/^START \(UTC\) +SECONDS +FROM +TO +PROTOCOL +PACKETS +OCTETS +EXPORTER +TEMPLATE$/);
  expect(lines[2]).toMatch(/10\.0\.0\.5 +198\.18\.1\.1 +1 +200 +192\.0\.2\.1:50000\/1 +256$/);
  expect(lines[3]).toBe('options of 192.0.2.1:50000/1, 257: applicationId 0x06000001, applicationName 0x796f751b5b324a74756265');
  expect(lines.slice(5)).toEqual([
    '2 records and 1 options record in 2 Messages',
    '1 record waited for the Template',
    '1 Data Set came before the Template or without one',
    '192.0.2.1:50000/1 ipfix: 3 records',
    '  its clock is 500 ms ahead, within 501 ms, beside the delay on the way; it cannot be known better yet: too few Messages; 2 records without a time',
  ]);
});

test('--port: only datagrams to it', async () => {
  const lines = await read(pathOf('export.pcap'), '--port', '2055', '--json');
  expect(parsed(lines)).toMatchObject([{ counts: { messages: 0, input: { otherPorts: 2 } } }]);
});

test('what cannot be read is one sentence, and so is what cannot be asked', async () => {
  await expect(read(pathOf('text.txt'))).rejects.toThrow(
    `${pathOf('text.txt')} is neither a capture (pcap, pcapng) nor an IPFIX File`,
  );
  await expect(read(join(directory, 'none.pcap'))).rejects.toThrow(`cannot read ${join(directory, 'none.pcap')}: ENOENT`);
  await expect(read(directory)).rejects.toThrow(`cannot read ${directory}: EISDIR`);
  await expect(read('x', '--limit', 'maxTemplates')).rejects.toThrow(
    '--limit maxTemplates: expected name=value, such as maxTemplates=100',
  );
  await expect(read('x', '--limit', 'maxTemplates=0')).rejects.toThrow('--limit: maxTemplates Too small');
});

test('a file of a few octets is none that can be read', async () => {
  writeFileSync(join(directory, 'short'), 'xyz');
  await expect(read(join(directory, 'short'))).rejects.toThrow('is neither a capture');
});

test('the table says that the file is cut, and what was passed over', async () => {
  writeFileSync(join(directory, 'cut.pcap'), FILES['export.pcap'].subarray(0, FILES['export.pcap'].length - 5));
  const lines = await read(join(directory, 'cut.pcap'));
  expect(lines.filter((line) => line.startsWith('the file: cut-short, 1 time, first at octet '))).toHaveLength(1);
  expect(await read(pathOf('export.pcap'), '--port', '9999')).toContain('2 datagrams to other ports');
});

test.each([
  [['--read', 'x', '--port', '99999'], '--port 99999: a port is 1 to 65535'],
  [['--port', '5'], '--port needs --read; where to listen is --listen'],
  [['--limit', 'maxTemplates=5'], '--limit needs --read; where to listen is --listen'],
])('%j is not possible', (args, message) => {
  expect(readCommandLine(args)).toEqual({ kind: 'usage', message });
});

test('an empty file has nothing in it', async () => {
  expect(parsed(await read(pathOf('empty'), '--json'))).toMatchObject([{ counts: { messages: 0, input: { kind: 'nothing' } } }]);
});

test('a full disk is told, a reader that has gone is not', async () => {
  for (const code of ['ENOSPC', 'EPIPE']) {
    const output = new Writable({ write: (_chunk, _encoding, done) => done(Object.assign(new Error(code), { code })) });
    const options = { file: pathOf('export.pcap'), port: undefined, json: true, config: readingSchema.parse({}) };
    const reading = readFile(options, output);
    if (code === 'EPIPE') await expect(reading).resolves.toBeUndefined();
    else await expect(reading).rejects.toThrow('cannot write the records: ENOSPC');
  }
});
