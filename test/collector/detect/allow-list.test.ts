import { describe, expect, test } from 'vitest';
import { detectSchema } from '../../../collector/detect/config.ts';
import { Detection } from '../../../collector/detect/detection.ts';
import { batchOf, ip } from '../support/flows.ts';
import { host, many, MAX, SYN } from './hand-made-office.ts';

const VAULT = '198.18.90.7';
const NAMES = new Map([[ip(VAULT), 'nas.vault.example']]);

/** Max scans 254 hosts at port 445, then a host's ports, and a host calls the vault in a rhythm. */
const FLOWS = [
  ...many(254, (index) => ({ server: host(index), serverPort: 445 })),
  ...many(200, (index) => ({ server: '198.18.20.5', serverPort: 1 + index, startS: 100 + index / 10, endS: 100 + index / 10 })),
  ...many(60, (index) => ({
    inside: '10.0.0.9',
    server: VAULT,
    octets: 900,
    packets: 8,
    startS: 60 * index,
    endS: 60 * index,
    tcpControlBits: SYN | 0x19,
  })),
].sort((one, other) => one.endS - other.endS);

function toldWith(allow: unknown, flows = FLOWS): string[] {
  const detection = new Detection(
    {
      inside: [{ first: ip('10.0.0.0'), last: ip('10.0.255.255') }],
      inventory: [
        { name: 'Max', address: MAX, department: 'it' },
        { name: 'Alex', address: '10.0.0.9', department: '' },
      ],
      policy: { forbidden: [] },
    },
    { applications: [], names: NAMES },
    detectSchema.parse({ allow }),
  );
  detection.handle(batchOf(flows));
  detection.settle();
  const polled = new Set<string>();
  for (let alert = detection.poll(); alert !== undefined; alert = detection.poll()) polled.add(alert.kind);
  const told = detection.alerts.map(({ kind }) => kind).sort();
  expect([...polled].sort()).toEqual(told);
  return told;
}

describe('what is allowed', () => {
  test.each([
    ['nothing', [], ['beacon', 'host-scan', 'port-scan']],
    ['a kind', [{ kind: 'host-scan' }], ['beacon', 'port-scan']],
    ['whatever Max does', [{ who: 'Max', reason: 'he looks after security' }], ['beacon']],
    ['his prefix', [{ address: '10.0.0.64/26' }], ['beacon']],
    ['one kind of his', [{ kind: 'port-scan', who: 'Max' }], ['beacon', 'host-scan']],
    ['the network that is scanned', [{ kind: 'host-scan', target: '198.18.16.0/24' }], ['beacon', 'port-scan']],
    ['half of that network', [{ kind: 'host-scan', target: '198.18.16.0/25' }], ['beacon', 'host-scan', 'port-scan']],
    ['a name', [{ target: 'VAULT.example' }], ['host-scan', 'port-scan']],
    ['the end of a label', [{ target: 'ault.example' }], ['beacon', 'host-scan', 'port-scan']],
    ['somebody else', [{ who: 'Sarah' }, { address: '10.0.0.0/28', kind: 'mining' }], ['beacon', 'host-scan', 'port-scan']],
  ])('%s is not told, and all else is', (_, allow, kinds) => expect(toldWith(allow)).toEqual(kinds));

  test('is told as soon as it goes beyond that', () => {
    const beyond = many(1, () => ({ server: '198.18.40.1', serverPort: 445, startS: 200, endS: 200 }));
    expect(toldWith([{ kind: 'host-scan', target: '198.18.16.0/24' }], [...FLOWS, ...beyond])).toContain('host-scan');
  });

  test.each([
    [[{}], /give kind, who, address or target/],
    [[{ reason: 'because' }], /give kind, who, address or target/],
    [[{ address: 'printer' }], /neither an address nor a prefix/],
    [Array(1_001).fill({ kind: 'beacon' }), /1000/],
  ])('says what it is about, and has an end: %#', (allow, message) => {
    expect(() => detectSchema.parse({ allow })).toThrow(message);
  });
});
