import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { endpointNumber, portOfEndpoint } from '../../../core/net/endpoint-number.ts';
import { TCP_ACK, TCP_FIN, TCP_SYN, type PacketTrain } from '../../../core/net/packet-train.ts';
import { NS_PER_S, trueNs } from '../../../core/time/instant.ts';
import { natSchema, type NatConfig } from '../../../exporter/nat/config.ts';
import { Nat } from '../../../exporter/nat/nat.ts';
import { connectionWith } from '../../support/connection.ts';

const packet = (
  atS: number,
  protocol: number,
  insidePort: number,
  options: { server?: number; flags?: number; host?: number } = {},
): PacketTrain => ({
  connection: connectionWith({
    protocol,
    insideAddress: 0x0a000100 + (options.host ?? 1),
    insidePort,
    serverAddress: 0xc6120101 + (options.server ?? 0),
  }),
  direction: 'up',
  startNs: trueNs(atS * NS_PER_S),
  intervalNs: 0,
  packets: 1,
  octets: 60,
  tcpFlagsFirst: options.flags ?? 0,
  tcpFlags: 0,
  tcpFlagsLast: 0,
});

const config = (input: object = {}): NatConfig => natSchema.parse(input);
const PUBLIC_ADDRESS = 0xcb007102;
/** The public port a train leaves from, -1 when it is dropped. */
function out(nat: Nat, train: PacketTrain): number {
  const endpoint = nat.outbound(train.startNs, train);
  return endpoint < 0 ? endpoint : portOfEndpoint(endpoint);
}
const into = (nat: Nat, train: PacketTrain, port: number): boolean =>
  nat.inbound(train.startNs, train, endpointNumber(PUBLIC_ADDRESS, port));

describe('Nat', () => {
  test('one inside endpoint has one public port for all servers (RFC 4787 REQ-1), of its own parity (REQ-4)', () => {
    const nat = new Nat(config());
    const port = out(nat, packet(0, 17, 50_001));
    expect(out(nat, packet(1, 17, 50_001, { server: 9 }))).toBe(port);
    const other = out(nat, packet(1, 17, 50_001, { host: 2 }));
    expect(other).not.toBe(port);
    expect(other % 2).toBe(port % 2);
  });

  test('only a server that was spoken to may answer, unless filtering is endpoint-independent (RFC 4787 section 5)', () => {
    const nat = new Nat(config());
    const port = out(nat, packet(0, 17, 50_000));
    expect(into(nat, packet(1, 17, 50_000), port)).toBe(true);
    expect(into(nat, packet(1, 17, 50_000, { server: 1 }), port)).toBe(false);
    const open = new Nat(config({ filtering: 'endpoint-independent' }));
    expect(into(open, packet(1, 17, 50_000, { server: 1 }), out(open, packet(0, 17, 50_000)))).toBe(true);
  });

  test('an idle UDP mapping dies after its timeout and not before (RFC 4787 REQ-5)', () => {
    const nat = new Nat(config({ udpTimeoutS: 120 }));
    const port = out(nat, packet(0, 17, 50_000));
    expect(into(nat, packet(119.9, 17, 50_000), port)).toBe(true);
    expect(into(nat, packet(120, 17, 50_000), port)).toBe(false);
  });

  test('TCP: half-open 4 minutes, established 2 hours 4 minutes, closing 4 minutes (RFC 5382 REQ-5)', () => {
    const nat = new Nat(config());
    const port = out(nat, packet(0, 6, 50_000, { flags: TCP_SYN }));
    expect(into(nat, packet(240, 6, 50_000, { flags: TCP_ACK }), port)).toBe(false);
    const next = out(nat, packet(300, 6, 50_000, { flags: TCP_SYN }));
    expect(into(nat, packet(301, 6, 50_000, { flags: TCP_SYN | TCP_ACK }), next)).toBe(true);
    expect(into(nat, packet(7_000, 6, 50_000, { flags: TCP_ACK }), next)).toBe(true);
    out(nat, packet(7_001, 6, 50_000, { flags: TCP_FIN | TCP_ACK }));
    expect(into(nat, packet(7_001, 6, 50_000, { flags: TCP_FIN | TCP_ACK }), next)).toBe(true);
    // The acknowledgement of the FIN does not bring the connection back.
    expect(into(nat, packet(7_002, 6, 50_000, { flags: TCP_ACK }), next)).toBe(true);
    expect(into(nat, packet(7_241, 6, 50_000, { flags: TCP_ACK }), next)).toBe(false);
  });

  test('drops and counts when no port is free, and uses ports of dead mappings again', () => {
    const nat = new Nat(config({ firstPort: 2_000, lastPort: 2_002, udpTimeoutS: 60 }));
    const ports = [1, 2, 3].map((host) => out(nat, packet(0, 17, 50_000, { host })));
    expect([...ports].sort()).toEqual([2_000, 2_001, 2_002]);
    expect(out(nat, packet(1, 17, 50_000, { host: 4 }))).toBe(-1);
    expect(nat.counters.exhausted).toBe(1);
    expect(out(nat, packet(61, 17, 50_000, { host: 4 }))).toBeGreaterThan(0);
  });

  test('no two inside endpoints ever hold one public port at a time', () => {
    const step = fc.record({
      gapS: fc.integer({ min: 0, max: 40 }),
      host: fc.integer({ min: 1, max: 6 }),
      port: fc.integer({ min: 2_000, max: 2_004 }),
      protocol: fc.constantFrom(6, 17),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const nat = new Nat(config({ firstPort: 2_000, lastPort: 2_006, udpTimeoutS: 60, tcpOpeningTimeoutS: 60 }));
        const holders = new Map<string, { host: string; until: number }>();
        let now = 0;
        for (const { gapS, host, port, protocol } of steps) {
          now += gapS;
          const publicPort = out(nat, packet(now, protocol, port, { host }));
          if (publicPort < 0) continue;
          const holder = holders.get(`${protocol} ${publicPort}`);
          const inside = `${host}:${port}`;
          if (holder !== undefined && holder.host !== inside) expect(holder.until).toBeLessThanOrEqual(now);
          holders.set(`${protocol} ${publicPort}`, { host: inside, until: now + 60 });
        }
      }),
    );
  });
});
