import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runScenario } from '../../lab/run-scenario.ts';
import { hasProgram } from '../support/outside-program.ts';
import { SMALL } from '../support/small-world.ts';
import { nfacctdTotals, nfcapdTotals, type Totals } from './collectors.ts';

const ALL_OPTIONS = {
  sampler: true,
  interfaces: true,
  statistics: true,
  reliability: true,
  flowKeys: true,
  systemInitTime: true,
  timeouts: true,
};

/** Exports of one hour of five people, each its own way. */
const EXPORTS: Readonly<Record<string, object>> = {
  ipfix: { options: ALL_OPTIONS },
  'ipfix-seconds': { timestamps: 'seconds' },
  'ipfix-microseconds': { timestamps: 'microseconds' },
  'ipfix-nanoseconds': { timestamps: 'nanoseconds' },
  'ipfix-delta': { timestamps: 'delta' },
  'ipfix-uptime': { timestamps: 'sys-uptime' },
  v9: { protocol: 'netflow-v9', options: ALL_OPTIONS },
  'v9-milliseconds': { protocol: 'netflow-v9', timestamps: 'milliseconds', templateRefreshMessages: 5 },
  v5: { protocol: 'netflow-v5' },
  'cisco-fnf': { profile: 'cisco-fnf' },
  'cisco-asa-nsel': { profile: 'cisco-asa-nsel' },
  mikrotik: { profile: 'mikrotik' },
  juniper: { profile: 'juniper' },
  fortigate: { profile: 'fortigate' },
  softflowd: { profile: 'softflowd' },
  'softflowd-v9': { profile: 'softflowd', protocol: 'netflow-v9' },
  'softflowd-ipfix': { profile: 'softflowd', protocol: 'ipfix' },
  ipfixprobe: { profile: 'ipfixprobe' },
  yaf: { profile: 'yaf' },
};

/** Of the exports that are not IPFIX. */
const VERSIONS: Readonly<Record<string, string>> = {
  v9: '9',
  'v9-milliseconds': '9',
  v5: '5',
  'cisco-fnf': '9',
  'cisco-asa-nsel': '9',
  fortigate: '9',
  softflowd: '5',
  'softflowd-v9': '9',
};

let out: string;
/** What the router says it exported, by the export's name. */
const told = new Map<string, Totals & { readonly messages: number }>();
const totalsOf = (name: string): Partial<Totals> => {
  const { records, packets, octets } = told.get(name) ?? {};
  return { records, packets, octets } as Partial<Totals>;
};
const captureOf = (name: string): string => join(out, `export-${name}.pcap`);

beforeAll(async () => {
  out = mkdtempSync(join(tmpdir(), 'flowlab-protocols-'));
  const monitors = Object.entries(EXPORTS).map(([name, exporting]) => ({ name, exporting }));
  const scenario = { ...SMALL, duration: '1h', router: { ...SMALL.router, monitors } };
  const { exports } = await runScenario({ scenario: scenario as typeof SMALL, out });
  for (const { name, ...volume } of exports) told.set(name, volume);
});
afterAll(() => rmSync(out, { recursive: true, force: true }));

test('every export tells of the same flows, packets and octets', () => {
  expect(told.get('v5')?.records).toBeGreaterThan(500);
  expect(new Set([...told.keys()].map((name) => JSON.stringify(totalsOf(name)))).size).toBe(1);
});

describe.skipIf(!hasProgram('tshark'))('tshark finds nothing wrong', () => {
  test.each(Object.keys(EXPORTS))('with %s', (name) => {
    const fields = ['-T', 'fields', '-e', 'cflow.version', '-e', '_ws.expert', '-e', '_ws.malformed'];
    const lines = execFileSync('tshark', ['-r', captureOf(name), '-d', 'udp.port==4739,cflow', ...fields], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      maxBuffer: 1e9,
    });
    expect(
      lines
        .trimEnd()
        .split('\n')
        .map((line) => line.trim()),
    ).toEqual(new Array<string>(told.get(name)?.messages ?? 0).fill(VERSIONS[name] ?? '10'));
  });
});

/** One export of each protocol, and those whose times or Templates are furthest from the usual. */
const COUNTED = ['ipfix', 'v9', 'v5', 'ipfix-uptime', 'fortigate'];

describe.skipIf(!hasProgram('nfcapd') || !hasProgram('nfdump'))('nfcapd stores the same flows, packets and octets', () => {
  test.each(COUNTED)('from %s', async (name) => {
    expect(await nfcapdTotals(captureOf(name), join(out, `nfcapd-${name}`))).toEqual(totalsOf(name));
  });
});

describe.skipIf(!hasProgram('nfacctd'))('nfacctd counts the same flows, packets and octets', () => {
  test.each(COUNTED)('from %s', async (name) => {
    expect(await nfacctdTotals(captureOf(name), join(out, `nfacctd-${name}`))).toEqual(totalsOf(name));
  });
});
