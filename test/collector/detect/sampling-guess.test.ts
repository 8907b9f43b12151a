import { expect, test } from 'vitest';
import { detectSchema } from '../../../collector/detect/config.ts';
import { Detection } from '../../../collector/detect/detection.ts';
import { batchOf, ip, type HandMadeFlow } from '../support/flows.ts';

/** What is said of how it was sampled, of somebody who works and of whom nobody knows. */
function evidenceOf(rest: Partial<HandMadeFlow>): string | undefined {
  const flows = Array.from({ length: 600 }, (_, index): HandMadeFlow => ({
    direction: 'up',
    inside: '10.0.0.77',
    insidePort: 30_000 + index,
    server: '198.18.6.10',
    serverPort: 443,
    octets: 4_000,
    startS: index,
    endS: index,
    ...rest,
  }));
  const detection = new Detection(
    {
      inside: [{ first: ip('10.0.0.0'), last: ip('10.0.255.255') }],
      inventory: [{ name: 'Sarah', address: '10.0.0.22', department: '' }],
      policy: { forbidden: [] },
    },
    { applications: [], names: new Map() },
    detectSchema.parse({}),
  );
  detection.handle(batchOf(flows));
  return detection.alerts.find(({ kind }) => kind === 'unknown-device')?.evidence[0];
}

const SYN_ACK_PSH = 0x1a;
const ACK = 0x10;

test('packets are taken to be sampled where records show no begin of a connection and nobody says how', () => {
  expect(evidenceOf({ tcpControlBits: ACK })).toContain('of one packet in 100');
  expect(evidenceOf({ tcpControlBits: SYN_ACK_PSH })).not.toContain('of one packet in');
});

test('an exporter that says it looks at every packet is believed', () => {
  expect(evidenceOf({ tcpControlBits: ACK, samplingInterval: 1 })).not.toContain('of one packet in');
  expect(evidenceOf({ tcpControlBits: ACK, samplingInterval: 10 })).toContain('of one packet in 10');
});

test('records of an exporter that tells no control bits show nothing', () => {
  expect(evidenceOf({ tcpControlBits: 0 })).not.toContain('of one packet in');
});

test('records of few connections show nothing, however long these last', () => {
  expect(evidenceOf({ tcpControlBits: ACK, insidePort: 30_000 })).not.toContain('of one packet in');
});
