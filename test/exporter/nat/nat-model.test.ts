import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addressOfEndpoint, endpointNumber, portOfEndpoint } from '../../../core/net/endpoint-number.ts';
import { NS_PER_S } from '../../../core/time/instant.ts';
import { publicPool, type NatConfig } from '../../../exporter/nat/config.ts';
import { Nat } from '../../../exporter/nat/nat.ts';
import { ByEvents } from './by-events.ts';
import { NaiveNat, type NaiveSession } from './naive-nat.ts';
import {
  config,
  ICMP,
  INSIDE_IPV6_NET,
  INSIDE_NET,
  into,
  out,
  PUBLIC_ADDRESS,
  remoteAddressOf,
  seconds,
  UDP,
} from './packets.ts';

const BEHAVIOURS = ['endpoint-independent', 'address-dependent', 'address-and-port-dependent'] as const;
const TIMEOUT_S = 60;

const settings = fc
  .record({
    mapping: fc.constantFrom(...BEHAVIOURS),
    filtering: fc.constantFrom(...BEHAVIOURS),
    addressPooling: fc.constantFrom('paired', 'arbitrary'),
    publicAddresses: fc.constantFrom([], ['203.0.113.3'], ['203.0.113.3', '203.0.113.4']),
    portAllocation: fc.constantFrom('preserving', 'sequential', 'random'),
    keepPortParity: fc.boolean(),
    keepPortRange: fc.boolean(),
    portOverlapping: fc.boolean(),
    portBlockSize: fc.constantFrom(0, 0, 2, 3),
    maxPortBlocksPerHost: fc.constantFrom(1, 2, 4),
    maxMappingsPerHost: fc.constantFrom(3, 1_000),
    maxSessions: fc.constantFrom(4, 1_000),
    maxMappings: fc.constantFrom(5, 1_000),
    maxHosts: fc.constantFrom(2, 1_000),
    inboundRefresh: fc.boolean(),
    portRestS: fc.constantFrom(0, 120),
    firstPort: fc.constantFrom(2_000, 2_001),
  })
  .map((chosen) => {
    const blocks = chosen.keepPortRange ? 0 : chosen.portBlockSize;
    const portOverlapping = chosen.portOverlapping && chosen.mapping === 'address-and-port-dependent';
    return config({
      ...chosen,
      portBlockSize: blocks,
      portOverlapping,
      // Who had a shared port last is not for the model to say.
      portRestS: portOverlapping ? 0 : chosen.portRestS,
      lastPort: 2_007,
      udpTimeoutS: TIMEOUT_S,
      icmpTimeoutS: TIMEOUT_S,
      natEvents: portOverlapping ? 'sessions' : 'both',
      natAddressEvents: chosen.addressPooling === 'paired',
      natEventIntervalS: 0,
    });
  });

const step = fc.record({
  gapS: fc.integer({ min: 0, max: 25 }),
  isUp: fc.boolean(),
  protocol: fc.constantFrom(UDP, UDP, UDP, ICMP),
  host: fc.integer({ min: 1, max: 4 }),
  port: fc.constantFrom(53, 2_000, 2_001, 2_002, 2_003, 40_000),
  remote: fc.integer({ min: 1, max: 3 }),
  remotePort: fc.constantFrom(443, 8_443),
  /** Which of the public endpoints seen so far a packet from outside is for. */
  seen: fc.nat(),
});

const sorted = (addresses: ReadonlyMap<number, number>): [number, number][] => [...addresses].sort(([a], [b]) => a - b);
const naiveBinding = (session: NaiveSession): string => `${session.protocol} ${session.inside} ${session.public}`;
const naiveSession = (session: NaiveSession): string => `${naiveBinding(session)} ${session.remote}`;

/** Ports of one address the inside port may become, by the configuration alone. */
function portsFor({ keepPortRange, firstPort, lastPort }: NatConfig, insidePort: number): number[] {
  const [first, last] = keepPortRange && insidePort < 1_024 ? [1, 1_023] : [firstPort, lastPort];
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

test.each([
  ['NAT44', INSIDE_NET],
  // RFC 6146: its Binding Information Base and session table are those of NAT44 with IPv6 addresses inside.
  ['NAT64', INSIDE_IPV6_NET],
])(
  '%s, whatever is sent: the same mappings, refusals, expiries and events as a list that is walked packet by packet',
  (_, net) => {
    fc.assert(
      fc.property(settings, fc.array(step, { maxLength: 80 }), (nat, steps) => {
        const events = new ByEvents();
        const real = new Nat(nat, { onEvent: (event) => events.take(event) });
        const naive = new NaiveNat({
          mapping: nat.mapping,
          filtering: nat.filtering,
          overlaps: nat.portOverlapping,
          inboundRefresh: nat.inboundRefresh === true,
          timeoutS: TIMEOUT_S,
          maxSessions: nat.maxSessions,
          maxMappingsPerHost: nat.maxMappingsPerHost,
          maxMappings: nat.maxMappings,
          maxHosts: nat.maxHosts,
          portRestS: nat.portRestS,
        });
        const seen: number[] = [endpointNumber(PUBLIC_ADDRESS, 2_000)];
        let now = 0;
        for (const { gapS, isUp, protocol, host, port, remote: remoteHost, remotePort, seen: which } of steps) {
          now += gapS;
          const due = real.nextTimeout();
          const expired = naive.advance(now);
          if (expired.length > 0) expect(due).toBeLessThanOrEqual(Math.min(...expired.map(({ until }) => until)) * NS_PER_S);
          events.deleted.length = 0;
          const inside = endpointNumber(net + host, port);
          const remote = endpointNumber(remoteAddressOf(remoteHost), remotePort);
          if (isUp) {
            const expected = naive.expected(protocol, inside, remote);
            const left = out(real, { atS: now, protocol, net, host, port, remote: remoteHost, remotePort });
            if (expected === 'refused') expect(left).toBe(-1);
            else if (expected !== 'new') expect(left).toBe(expected);
            else if (left < 0) expectExhausted(nat, naive, events, now, protocol, inside, remote);
            else expectFair(nat, naive, events, now, protocol, inside, remote, left);
            if (left >= 0) {
              naive.left(now, protocol, inside, remote, left);
              seen.push(left);
            }
          } else {
            const to = seen[which % seen.length] as number;
            const packet = { atS: now, protocol, net, remote: remoteHost, remotePort };
            expect(into(real, { ...packet, host: 99, port }, to)).toBe(false);
            const reached = naive.arrives(now, protocol, to, remote);
            const owner = reached ?? inside;
            const arrived = into(real, { ...packet, host: addressOfEndpoint(owner) - net, port: portOfEndpoint(owner) }, to);
            expect(arrived).toBe(reached !== undefined);
          }
          expect(events.deleted.sort()).toEqual(expired.map((session) => `${naiveSession(session)} at ${session.until}`).sort());
          expect([...events.sessions].sort()).toEqual(naive.sessions.map(naiveSession).sort());
          if (!nat.portOverlapping) expect([...events.bindings].sort()).toEqual(naive.mappings().map(naiveBinding).sort());
          expect(real.live).toEqual({ mappings: naive.mappings().length, sessions: naive.sessions.length });
          if (nat.natAddressEvents) expect(sorted(events.addresses)).toEqual(sorted(naive.addresses()));
          if (nat.portBlockSize > 0) expectBlocks(nat, naive, events);
        }
        real.handleTimeout(seconds(now + TIMEOUT_S));
        expect(real.live).toEqual({ mappings: 0, sessions: 0 });
        expect([events.sessions, events.bindings, events.blocks, events.addresses].map(({ size }) => size)).toEqual([0, 0, 0, 0]);
      }),
      { numRuns: 200 },
    );
  },
);

/** Refused rightly: wherever the host may have a port, every port is somebody's or rests. */
function expectExhausted(
  nat: NatConfig,
  naive: NaiveNat,
  events: ByEvents,
  now: number,
  protocol: number,
  inside: number,
  remote: number,
): void {
  const own = naive.mappings().filter((session) => addressOfEndpoint(session.inside) === addressOfEndpoint(inside));
  const paired = nat.addressPooling === 'paired' && own[0] !== undefined ? [addressOfEndpoint(own[0].public)] : publicPool(nat);
  const ownBlocks = [...events.blocks.values()].filter(({ insideAddress }) => insideAddress === addressOfEndpoint(inside));
  for (const address of paired) {
    const isFree = (port: number): boolean => naive.isFree(now, protocol, endpointNumber(address, port), inside, remote);
    for (const port of portsFor(nat, portOfEndpoint(inside))) {
      const isMine = ownBlocks.some((block) => block.publicAddress === address && isIn(block, port));
      if (nat.portBlockSize === 0 || isMine) expect(isFree(port)).toBe(false);
    }
    if (nat.portBlockSize === 0 || ownBlocks.length === nat.maxPortBlocksPerHost) continue;
    for (let first = nat.firstPort; first + nat.portBlockSize - 1 <= nat.lastPort; first += nat.portBlockSize) {
      if (events.blocks.has(`${address} ${first}`)) continue;
      for (let port = first; port < first + nat.portBlockSize; port++) expect(isFree(port)).toBe(false);
    }
  }
}

/** A new public endpoint: of the pool, in range, nobody's, and preserved, paired and of its parity as far as it could be. */
function expectFair(
  nat: NatConfig,
  naive: NaiveNat,
  events: ByEvents,
  now: number,
  protocol: number,
  inside: number,
  remote: number,
  left: number,
): void {
  const [address, port, insidePort] = [addressOfEndpoint(left), portOfEndpoint(left), portOfEndpoint(inside)];
  expect(publicPool(nat)).toContain(address);
  expect(portsFor(nat, insidePort)).toContain(port);
  expect(naive.isFree(now, protocol, left, inside, remote)).toBe(true);
  const own = naive.mappings().find((session) => addressOfEndpoint(session.inside) === addressOfEndpoint(inside));
  if (nat.addressPooling === 'paired' && own !== undefined) expect(address).toBe(addressOfEndpoint(own.public));
  const free = portsFor(nat, insidePort).filter((candidate) => {
    const block = [...events.blocks.values()].find((each) => each.publicAddress === address && isIn(each, candidate));
    const isMine = nat.portBlockSize === 0 || block?.insideAddress === addressOfEndpoint(inside);
    return isMine && naive.isFree(now, protocol, endpointNumber(address, candidate), inside, remote);
  });
  if (nat.portAllocation === 'preserving' && free.includes(insidePort) && nat.portBlockSize === 0) expect(port).toBe(insidePort);
  if (nat.keepPortParity && free.some((candidate) => candidate % 2 === insidePort % 2)) expect(port % 2).toBe(insidePort % 2);
}

/** Blocks are of one size and do not overlap, every mapping lies in one of its host's, and none is kept empty. */
function expectBlocks(nat: NatConfig, naive: NaiveNat, events: ByEvents): void {
  const blocks = [...events.blocks.values()];
  for (const block of blocks) {
    expect(block.lastPort - block.firstPort + 1).toBe(nat.portBlockSize);
    expect(blocks.filter((other) => other.publicAddress === block.publicAddress && isIn(other, block.firstPort))).toEqual([
      block,
    ]);
    expect(naive.sessions.some((session) => holds(block, session))).toBe(true);
    expect(blocks.filter((other) => other.insideAddress === block.insideAddress).length).toBeLessThanOrEqual(
      nat.maxPortBlocksPerHost,
    );
  }
  for (const session of naive.sessions) expect(blocks.some((block) => holds(block, session))).toBe(true);
}

interface Block {
  readonly insideAddress: number;
  readonly publicAddress: number;
  readonly firstPort: number;
  readonly lastPort: number;
}
const isIn = ({ firstPort, lastPort }: Block, port: number): boolean => port >= firstPort && port <= lastPort;
const holds = (block: Block, session: NaiveSession): boolean =>
  block.insideAddress === addressOfEndpoint(session.inside) &&
  block.publicAddress === addressOfEndpoint(session.public) &&
  isIn(block, portOfEndpoint(session.public));
