import fc from 'fast-check';
import { expect, test } from 'vitest';
import { endpointNumber } from '../../../core/net/endpoint-number.ts';
import { firewallOf, firewallSchema } from '../../../exporter/nat/firewall.ts';
import { NaiveNat } from './naive-nat.ts';
import { INSIDE_IPV6_NET as net, into, out, remoteAddressOf, TCP, UDP } from './packets.ts';

const TIMEOUT_S = 60;
const open = (input: object = {}) => firewallOf(firewallSchema.parse(input));

const step = fc.record({
  gapS: fc.integer({ min: 0, max: 25 }),
  isUp: fc.boolean(),
  host: fc.integer({ min: 1, max: 3 }),
  port: fc.constantFrom(53, 2_000),
  remote: fc.integer({ min: 1, max: 3 }),
  remotePort: fc.constantFrom(443, 8_443),
});

test('whatever is sent: who may come in is who a list of conversations would let in, and nothing is renamed', () => {
  const filterings = fc.constantFrom('endpoint-independent', 'address-dependent', 'address-and-port-dependent');
  const sessions = fc.constantFrom(3, 1_000);
  fc.assert(
    fc.property(filterings, sessions, fc.array(step, { maxLength: 60 }), (filtering, maxSessions, steps) => {
      const real = open({ filtering, maxSessions, udpTimeoutS: TIMEOUT_S });
      const naive = new NaiveNat({
        mapping: 'endpoint-independent',
        filtering,
        overlaps: false,
        inboundRefresh: true,
        timeoutS: TIMEOUT_S,
        maxSessions,
        maxMappingsPerHost: Infinity,
        maxMappings: Infinity,
        maxHosts: Infinity,
        portRestS: 0,
      });
      let now = 0;
      for (const { gapS, isUp, host, port, remote, remotePort } of steps) {
        now += gapS;
        naive.advance(now);
        const inside = endpointNumber(net + host, port);
        const far = endpointNumber(remoteAddressOf(remote), remotePort);
        const packet = { atS: now, protocol: UDP, net, host, port, remote, remotePort };
        if (isUp) {
          const isRefused = naive.expected(UDP, inside, far) === 'refused';
          expect(out(real, packet)).toBe(isRefused ? -1 : inside);
          if (!isRefused) naive.left(now, UDP, inside, far, inside);
        } else expect(into(real, packet, inside)).toBe(naive.arrives(now, UDP, inside, far) !== undefined);
      }
    }),
    { numRuns: 200 },
  );
});

test('RFC 6092 REC-14 and REC-35: five minutes for UDP, two hours and four minutes for an established connection', () => {
  const inside = endpointNumber(net + 1, 50_000);
  const udp = open();
  out(udp, { net, protocol: UDP });
  expect(into(udp, { net, protocol: UDP, atS: 299 }, inside)).toBe(true);
  expect(into(udp, { net, protocol: UDP, atS: 299 + 300 }, inside)).toBe(false);
  const [SYN, ACK] = [0x02, 0x10];
  const tcp = open();
  out(tcp, { net, protocol: TCP, flags: SYN });
  expect(into(tcp, { net, protocol: TCP, atS: 240, flags: SYN | ACK }, inside)).toBe(false);
  out(tcp, { net, protocol: TCP, flags: SYN, atS: 300 });
  expect(into(tcp, { net, protocol: TCP, atS: 301, flags: SYN | ACK }, inside)).toBe(true);
  out(tcp, { net, protocol: TCP, atS: 302, flags: ACK });
  expect(into(tcp, { net, protocol: TCP, atS: 302 + 7_439, flags: ACK }, inside)).toBe(true);
});
