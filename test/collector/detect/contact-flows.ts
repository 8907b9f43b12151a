import type { Alert, AlertKind } from '../../../collector/detect/alert.ts';
import { detectSchema } from '../../../collector/detect/config.ts';
import { Detection } from '../../../collector/detect/detection.ts';
import { batchOf, ip, type HandMadeFlow } from '../support/flows.ts';

export const MAX = '10.0.0.77';
export const SYN = 0x02;
export const SYN_RST = 0x06;
export const RST_ACK = 0x14;
export const BUSY = 0x1b;

export const newDetection = (forbidden: readonly string[] = []): Detection =>
  new Detection(
    {
      inside: [{ first: ip('10.0.0.0'), last: ip('10.0.255.255') }],
      inventory: [{ name: 'Max', address: MAX, department: 'it' }],
      policy: { forbidden },
    },
    { applications: [], names: new Map() },
    detectSchema.parse({}),
  );

export function alertsOf(flows: readonly HandMadeFlow[], forbidden?: readonly string[]): Alert[] {
  const detection = newDetection(forbidden);
  detection.handle(batchOf(flows));
  detection.settle();
  return detection.alerts;
}

export const kindsOf = (flows: readonly HandMadeFlow[], forbidden?: readonly string[]): AlertKind[] =>
  alertsOf(flows, forbidden).map(({ kind }) => kind);

export const many = (count: number, flowOf: (index: number) => Partial<HandMadeFlow>): HandMadeFlow[] =>
  Array.from({ length: count }, (_, index) => ({
    direction: 'up',
    inside: MAX,
    insidePort: 40_000 + index,
    server: '198.18.20.5',
    serverPort: 443,
    octets: 44,
    packets: 1,
    startS: index / 10,
    endS: index / 10,
    tcpControlBits: SYN,
    ...flowOf(index),
  }));

/** An address of 198.18.0.0/15. */
export const host = (index: number): string => `198.18.${16 + (index >> 8)}.${index & 255}`;
