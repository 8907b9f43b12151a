import { expect, test } from 'vitest';
import { portOfEndpoint } from '../../../core/net/endpoint-number.ts';
import { TCP_SYN } from '../../../core/net/packet-train.ts';
import { Nat } from '../../../exporter/nat/nat.ts';
import { PortSpace } from '../../../exporter/nat/port-space.ts';
import { config, out, seconds, TCP } from './packets.ts';

test('a freed port rests before another host gets it, its own host need not wait (RFC 6888 REQ-8)', () => {
  const nat = new Nat(config({ firstPort: 2_000, lastPort: 2_000, udpTimeoutS: 60, portRestS: 120 }));
  out(nat, { host: 1 });
  expect(out(nat, { atS: 179, host: 2 })).toBe(-1);
  expect(out(nat, { atS: 179, host: 2, protocol: TCP, flags: TCP_SYN })).toBeGreaterThan(0);
  expect(portOfEndpoint(out(nat, { atS: 179, host: 1, port: 50_003 }))).toBe(2_000);
  // Freed at 239.
  expect(out(nat, { atS: 358, host: 2 })).toBe(-1);
  expect(portOfEndpoint(out(nat, { atS: 359, host: 2 }))).toBe(2_000);
});

test('of more ports at rest than may be, those freed first are free (RFC 6888 REQ-8)', () => {
  const settings = { firstPort: 2_000, lastPort: 2_003, keepPortParity: false, udpTimeoutS: 60, portRestS: 120 };
  const nat = new Nat(config({ ...settings, maxRestingPorts: 2 }));
  for (const [atS, port] of [2_001, 2_000, 2_003, 2_002].entries()) out(nat, { atS, port });
  const ports = [1, 2, 3].map((port) => out(nat, { atS: 70, host: 2, port }));
  expect(ports.map((endpoint) => (endpoint < 0 ? -1 : portOfEndpoint(endpoint))).sort()).toEqual([-1, 2_000, 2_001]);
});

test('a block whose ports all rest is passed over, and with no other none is taken (RFC 6888 REQ-8)', () => {
  const blocks: string[] = [];
  const settings = { firstPort: 2_000, lastPort: 2_003, portBlockSize: 2, udpTimeoutS: 60, portRestS: 120, natEvents: 'blocks' };
  const nat = new Nat(config(settings), {
    onEvent: (event) => 'firstPort' in event && blocks.push(`${event.kind} ${event.firstPort}`),
  });
  for (const port of [2_000, 2_001]) out(nat, { port });
  expect(portOfEndpoint(out(nat, { atS: 60, host: 2, port: 2_000 }))).toBe(2_002);
  expect(out(nat, { atS: 61, host: 3, port: 2_000 })).toBe(-1);
  expect(blocks).toEqual(['port-block-allocate 2000', 'port-block-release 2000', 'port-block-allocate 2002']);
});

test('a port that was taken and freed again is not among those freed first (RFC 6888 REQ-8)', () => {
  const space = new PortSpace();
  const freed: [port: number, atS: number][] = [[2_000, 0], [2_001, 1], [2_000, 2], [2_002, 3]]; // prettier-ignore
  for (const [port, atS] of freed) space.rest(port, seconds(atS), { host: 1, until: seconds(atS + 120) }, 2);
  expect([2_000, 2_001, 2_002].map((port) => space.isResting(port, seconds(4), 2))).toEqual([true, false, true]);
});
