import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Report } from '../../lab/report/report.ts';
import type { ScenarioInput } from '../../lab/scenario/schema.ts';
import { runScenario } from '../../lab/run-scenario.ts';
import { hasProgram } from '../support/outside-program.ts';
import { SMALL } from '../support/small-world.ts';
import { nfcapdTotals } from './collectors.ts';

/** IPv6 as it is, IPv4 through NAT and NAT64. */
const DUAL_STACK: ScenarioInput = {
  ...SMALL,
  office: { employees: 5, guests: 3, ipv6: { mode: 'guests-ipv6-only' } },
  router: { ...SMALL.router, nat64: { enabled: true } },
};

/** What other people's collectors make of our export: the same run, read back from export.pcap. */
describe.each([
  ['IPv4', SMALL],
  ['IPv6 and IPv4', DUAL_STACK],
])('of an office with %s', (_, scenario) => {
  let out: string;
  let report: Report;
  let capture: string;

  beforeAll(async () => {
    out = mkdtempSync(join(tmpdir(), 'flowlab-peers-'));
    report = await runScenario({ scenario, out });
    capture = join(out, 'export.pcap');
  });
  afterAll(() => rmSync(out, { recursive: true, force: true }));

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
      expect(await nfcapdTotals(capture, join(out, 'nfcapd'))).toEqual({
        records: report.exported.records,
        packets: report.exported.packets,
        octets: report.exported.octets,
      });
    });
  });
});
