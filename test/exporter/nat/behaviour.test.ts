import { expect, test } from 'vitest';
import { addressOfEndpoint, endpointNumber, portOfEndpoint } from '../../../core/net/endpoint-number.ts';
import { TCP_ACK, TCP_SYN } from '../../../core/net/packet-train.ts';
import { Random } from '../../../core/random/random.ts';
import type { NatEvent } from '../../../core/net/nat-event.ts';
import { natSchema } from '../../../exporter/nat/config.ts';
import { Nat } from '../../../exporter/nat/nat.ts';
import { PortSpace } from '../../../exporter/nat/port-space.ts';
import { config, errorInto, errorOut, ICMP, INSIDE_NET, into, out, PUBLIC_ADDRESS, seconds, TCP, UDP } from './packets.ts';

test('hairpinning: inside to inside by the public endpoint, seen as the public source (RFC 4787 REQ-9)', () => {
  const nat = new Nat(config({ filtering: 'address-dependent' }));
  const server = out(nat, { host: 1, port: 6_000 });
  const hairpin = { host: 2, port: 7_000, remote: PUBLIC_ADDRESS, remotePort: portOfEndpoint(server) };
  expect(out(nat, hairpin)).toBe(-1);
  expect(nat.counters.filtered).toBe(1);
  // The server has now sent to the public address itself, so what comes from there may pass (REQ-9a).
  const client = endpointNumber(PUBLIC_ADDRESS, 7_000);
  expect(out(nat, { host: 1, port: 6_000, remote: PUBLIC_ADDRESS, remotePort: 7_000 })).toBe(server);
  expect(out(nat, hairpin)).toBe(client);
  expect(into(nat, hairpin, client)).toBe(true);
  expect(out(nat, { ...hairpin, remotePort: 6_001 })).toBe(-1);
  expect(nat.counters.unmapped).toBe(1);
});

test('hairpinning to a port forward needs nothing before', () => {
  const nat = new Nat(config({ portForwards: [{ publicPort: 443, insideAddress: '10.0.1.9', insidePort: 8_443 }] }));
  expect(out(nat, { protocol: TCP, host: 2, port: 7_000, remote: PUBLIC_ADDRESS, remotePort: 443, flags: TCP_SYN })).toBe(
    endpointNumber(PUBLIC_ADDRESS, 7_000),
  );
});

test('a port forward: anyone may call, the answer leaves from it, its port is never given away, and it never ends', () => {
  const nat = new Nat(
    config({ portForwards: [{ protocol: 'tcp', publicPort: 2_222, insideAddress: '10.0.1.9', insidePort: 22 }] }),
  );
  const ssh = { protocol: TCP, host: 9, port: 22, remote: 5, remotePort: 40_000 };
  for (const atS of [0, 100_000]) {
    expect(into(nat, { ...ssh, atS, flags: TCP_SYN }, 2_222)).toBe(true);
    expect(out(nat, { ...ssh, atS, flags: TCP_SYN | TCP_ACK })).toBe(endpointNumber(PUBLIC_ADDRESS, 2_222));
    // Established: it outlives the transitory time.
    expect(errorInto(nat, ssh, atS + 7_000, endpointNumber(PUBLIC_ADDRESS, 2_222))).toBe(true);
  }
  expect(portOfEndpoint(out(nat, { atS: 100_000, protocol: TCP, host: 1, port: 2_222 }))).not.toBe(2_222);
  expect(portOfEndpoint(out(nat, { atS: 100_000, protocol: UDP, host: 1, port: 2_222 }))).toBe(2_222);
});

test('what comes unasked is refused and counted by reason', () => {
  const nat = new Nat(config());
  const endpoint = out(nat, {});
  expect(into(nat, {}, 50_001)).toBe(false);
  expect(into(nat, {}, endpointNumber(PUBLIC_ADDRESS + 1, 50_000))).toBe(false);
  expect(into(nat, { remote: 2 }, endpoint)).toBe(false);
  expect(into(nat, { host: 2 }, endpoint)).toBe(false);
  expect(nat.counters).toMatchObject({ unmapped: 2, filtered: 1, misdirected: 1 });
});

test('an ICMP query keeps its identifier where it can, and one mapping for all hosts (RFC 5508 REQ-1)', () => {
  const nat = new Nat(config());
  const ping = { protocol: ICMP, port: 4_000, remotePort: 0 };
  const first = out(nat, ping);
  expect(portOfEndpoint(first)).toBe(4_000);
  expect(out(nat, { ...ping, remote: 2 })).toBe(first);
  expect(portOfEndpoint(out(nat, { ...ping, host: 2 }))).not.toBe(4_000);
  expect(into(nat, { ...ping, atS: 59 }, first)).toBe(true);
  expect(into(nat, { ...ping, atS: 60 }, first)).toBe(false);
});

test('an ICMP error finds the session of the packet it carries, and neither keeps nor ends it (RFC 5508 REQ-4 to REQ-6)', () => {
  const nat = new Nat(config({ udpTimeoutS: 120 }));
  const endpoint = out(nat, {});
  for (const atS of [1, 60, 119]) {
    expect(errorInto(nat, {}, atS, endpoint)).toBe(true);
    expect(errorOut(nat, {}, atS)).toBe(endpointNumber(PUBLIC_ADDRESS, 0));
  }
  // Of a packet nobody sent, of another protocol, to another remote, for another host than the one that sent it.
  expect(errorInto(nat, {}, 119, endpoint + 1)).toBe(false);
  expect(errorInto(nat, { protocol: TCP }, 119, endpoint)).toBe(false);
  expect(errorInto(nat, { remote: 2 }, 119, endpoint)).toBe(false);
  expect(errorInto(nat, { host: 2 }, 119, endpoint)).toBe(false);
  expect(errorOut(nat, { port: 50_001 }, 119)).toBe(-1);
  expect(nat.counters).toMatchObject({ unmapped: 4, misdirected: 1, mappings: 1, sessions: 1 });
  expect(errorInto(nat, {}, 120, endpoint)).toBe(false);
  expect(errorOut(nat, {}, 120)).toBe(-1);
});

test('an ICMP error about a ping goes to whoever pinged', () => {
  const nat = new Nat(config());
  const ping = { protocol: ICMP, host: 2, port: 4_000, remotePort: 0x0800 };
  out(nat, { ...ping, host: 1 });
  const endpoint = out(nat, ping);
  expect(portOfEndpoint(endpoint)).not.toBe(4_000);
  expect(errorInto(nat, ping, 1, endpoint)).toBe(true);
  expect(errorInto(nat, { ...ping, host: 1 }, 1, endpoint)).toBe(false);
});

test('an ICMP error leaves with the address its packet came to, one of an inside router with ours (RFC 5508 REQ-5)', () => {
  const nat = new Nat(config({ publicAddresses: ['203.0.113.3'] }));
  const first = out(nat, { host: 1 });
  const second = out(nat, { host: 2 });
  expect([first, second].map(addressOfEndpoint)).toEqual([PUBLIC_ADDRESS, PUBLIC_ADDRESS + 1]);
  expect(errorOut(nat, { host: 2 }, 1)).toBe(endpointNumber(PUBLIC_ADDRESS + 1, 0));
  expect(errorOut(nat, { host: 2 }, 1, 77)).toBe(endpointNumber(PUBLIC_ADDRESS, 0));
});

test('sessions of one mapping end each in its own time, the mapping with the last', () => {
  const events: string[] = [];
  const nat = new Nat(config({ udpTimeoutS: 120, natEvents: 'both' }), {
    onEvent: ({ kind, at }) => events.push(`${kind} ${at / 1e9}`),
  });
  out(nat, { atS: 0, remote: 1 });
  out(nat, { atS: 100, remote: 2 });
  expect(into(nat, { atS: 130, remote: 1 }, 50_000)).toBe(false);
  expect(into(nat, { atS: 130, remote: 2 }, 50_000)).toBe(true);
  nat.handleTimeout(seconds(1_000));
  expect(events).toEqual([
    'binding-create 0',
    'session-create 0',
    'session-create 100',
    'session-delete 120',
    'session-delete 220',
    'binding-delete 220',
  ]);
});

test('random ports follow the seed and spread over the range (RFC 6056)', () => {
  const ports = (seed: number): number[] => {
    const nat = new Nat(config({ portAllocation: 'random', keepPortParity: false }), { random: new Random(seed) });
    return Array.from({ length: 200 }, (_, index) => portOfEndpoint(out(nat, { port: 40_000 + index })));
  };
  expect(ports(1)).toEqual(ports(1));
  expect(ports(1)).not.toEqual(ports(2));
  expect(new Set(ports(1)).size).toBe(200);
  expect(new Set(ports(1).map((port) => port >> 13)).size).toBe(8);
});

test('a scan costs one mapping or as many as it has targets, by the mapping behaviour', () => {
  const mappings = (mapping: string): number => {
    const nat = new Nat(config({ mapping }));
    for (let port = 1; port <= 1_000; port++) out(nat, { protocol: TCP, flags: TCP_SYN, remotePort: port });
    return nat.live.mappings;
  };
  expect(mappings('endpoint-independent')).toBe(1);
  expect(mappings('address-dependent')).toBe(1);
  expect(mappings('address-and-port-dependent')).toBe(1_000);
});

/** Everything but sessions and bindings. */
function resourceEvents(settings: object, act: (nat: Nat) => void): Partial<NatEvent>[] {
  const events: Partial<NatEvent>[] = [];
  act(new Nat(config({ natEvents: 'blocks', udpTimeoutS: 60, ...settings }), { onEvent: (event) => events.push(event) }));
  return events.map(({ at: _at, ...what }: Partial<NatEvent>) => what);
}

test('exhaustion and quotas are told once in a while, by protocol, address and host (RFC 8158 sections 4.6.5 to 4.6.7)', () => {
  const full = resourceEvents({ firstPort: 2_000, lastPort: 2_000, natEventIntervalS: 30 }, (nat) => {
    out(nat, { host: 1 });
    for (const atS of [1, 2, 30, 31]) expect(out(nat, { atS, host: 2 })).toBe(-1);
    expect(nat.counters.exhausted).toBe(4);
  });
  const ports = { kind: 'ports-exhausted', publicAddress: PUBLIC_ADDRESS, protocol: UDP };
  expect(full).toEqual([ports, { kind: 'addresses-exhausted' }, ports, { kind: 'addresses-exhausted' }]);

  const quotas = resourceEvents({ maxMappingsPerHost: 1, maxSessions: 3 }, (nat) => {
    out(nat, { port: 1_025 });
    for (const port of [1_026, 1_027]) expect(out(nat, { port })).toBe(-1);
    out(nat, { host: 2 });
    out(nat, { host: 2, remote: 2 });
    expect(out(nat, { host: 2, remote: 3 })).toBe(-1);
    expect(nat.counters.overQuota).toBe(3);
  });
  expect(quotas).toEqual([
    { kind: 'quota-exceeded', quota: 'host-mappings', limit: 1, insideAddress: INSIDE_NET + 1 },
    { kind: 'quota-exceeded', quota: 'sessions', limit: 3, insideAddress: 0 },
  ]);

  const blocks = resourceEvents({ portBlockSize: 2, maxPortBlocksPerHost: 1 }, (nat) => {
    for (const port of [1, 2, 3]) out(nat, { port: 50_000 + port });
  });
  expect(blocks).toEqual([
    {
      kind: 'port-block-allocate',
      insideAddress: INSIDE_NET + 1,
      publicAddress: PUBLIC_ADDRESS,
      firstPort: 1_024,
      lastPort: 1_025,
    },
    { kind: 'quota-exceeded', quota: 'host-mappings', limit: 2, insideAddress: INSIDE_NET + 1 },
  ]);
});

test('all mappings, and all hosts, have a quota of their own (RFC 8158 sections 4.6.7.2 and 4.6.7.4)', () => {
  const quotas = resourceEvents({ maxMappings: 2, maxHosts: 2 }, (nat) => {
    out(nat, { host: 1 });
    out(nat, { host: 2 });
    expect(out(nat, { host: 3 })).toBe(-1);
    expect(out(nat, { host: 1, port: 50_002 })).toBe(-1);
    // A mapping there is may be used as before.
    expect(portOfEndpoint(out(nat, { host: 1, remote: 2 }))).toBe(50_000);
    expect(nat.counters.overQuota).toBe(2);
    expect(out(nat, { atS: 60, host: 3 })).toBeGreaterThan(0);
  });
  expect(quotas).toEqual([
    { kind: 'quota-exceeded', quota: 'hosts', limit: 2, insideAddress: 0 },
    { kind: 'quota-exceeded', quota: 'mappings', limit: 2, insideAddress: 0 },
  ]);
});

test('an address is bound with the first packet of a host and freed with its last mapping (RFC 8158 section 4.6.9)', () => {
  const events: string[] = [];
  const nat = new Nat(config({ natEvents: 'bindings', natAddressEvents: true, udpTimeoutS: 60 }), {
    onEvent: ({ kind, at }) => events.push(`${kind} ${at / 1e9}`),
  });
  out(nat, { atS: 0 });
  out(nat, { atS: 1, port: 50_001 });
  nat.handleTimeout(seconds(100));
  expect(events).toEqual([
    'address-bind 0',
    'binding-create 0',
    'binding-create 1',
    'binding-delete 60',
    'binding-delete 61',
    'address-release 61',
  ]);
});

test('mappings of a paired host have a mark of their own, whose event names no host (RFC 8158 section 4.6.8.4)', () => {
  const events = resourceEvents({ pairedMappingsHighThreshold: 2, hostMappingsHighThreshold: 3 }, (nat) => {
    for (const port of [2_000, 2_001, 2_002]) out(nat, { port });
    out(nat, { atS: 60, port: 2_000 });
    out(nat, { atS: 60, port: 2_001 });
  });
  const reached = { kind: 'threshold-reached', threshold: 'paired-mappings-high', limit: 2, insideAddress: 0 };
  expect(events).toEqual([
    reached,
    { kind: 'threshold-reached', threshold: 'host-mappings-high', limit: 3, insideAddress: INSIDE_NET + 1 },
    reached,
  ]);
});

test('thresholds are told when they are reached, and again only after they were left (RFC 8158 section 4.5)', () => {
  const settings = {
    publicAddresses: ['203.0.113.3'],
    mappingsHighThreshold: 3,
    hostMappingsHighThreshold: 2,
    poolHighThreshold: 2,
    poolLowThreshold: 1,
  };
  const events = resourceEvents(settings, (nat) => {
    out(nat, { host: 1, port: 2_000 });
    out(nat, { host: 1, port: 2_001 });
    out(nat, { atS: 30, host: 2, port: 2_000 });
    out(nat, { atS: 30, host: 1, port: 2_001 });
    nat.handleTimeout(seconds(60));
    out(nat, { atS: 61, host: 1, port: 2_002 });
    nat.handleTimeout(seconds(300));
  });
  const reached = (threshold: string, limit: number, insideAddress = 0) => ({
    kind: 'threshold-reached',
    threshold,
    limit,
    insideAddress,
  });
  expect(events).toEqual([
    reached('host-mappings-high', 2, INSIDE_NET + 1),
    reached('mappings-high', 3),
    reached('pool-high', 2),
    reached('mappings-high', 3),
    reached('host-mappings-high', 2, INSIDE_NET + 1),
    reached('pool-low', 1),
  ]);
});

test('without a low mark the high one of the pool is told again once fewer addresses were in use', () => {
  const settings = { publicAddresses: ['203.0.113.3'], poolHighThreshold: 2 };
  const events = resourceEvents(settings, (nat) => {
    for (const atS of [0, 1_000]) {
      for (const host of [1, 2]) out(nat, { atS, host, port: 2_000 });
      nat.handleTimeout(seconds(atS + 900));
    }
  });
  expect(events.map((event) => ('threshold' in event ? event.threshold : event.kind))).toEqual(['pool-high', 'pool-high']);
});

test('a port is in use as long as one of many that share it has it', () => {
  const space = new PortSpace();
  for (let user = 0; user < 65_536; user++) space.take(2_000);
  expect(space.isUnused(2_000)).toBe(false);
});

test('paired hosts are spread over the pool; one whose address is full is refused, not moved (RFC 7857 section 4)', () => {
  const nat = new Nat(config({ publicAddresses: ['203.0.113.3'], firstPort: 2_000, lastPort: 2_001 }));
  const addresses = [1, 2].map((host) => out(nat, { host, port: 2_000 }) - 2_000);
  expect(new Set(addresses).size).toBe(2);
  expect(out(nat, { host: 1, port: 2_001 }) - 2_001).toBe(addresses[0]);
  expect(out(nat, { host: 1, port: 2_003 })).toBe(-1);
  expect(out(nat, { host: 2, port: 2_001 }) - 2_001).toBe(addresses[1]);
});

test.each([
  [{ firstPort: 3_000, lastPort: 2_000 }, 'is below firstPort'],
  [{ portOverlapping: true }, 'needs address-and-port-dependent mapping (RFC 7857 section 3)'],
  [{ addressPooling: 'arbitrary', natAddressEvents: true }, 'needs paired addressPooling: otherwise no host has an address'],
  [{ addressPooling: 'arbitrary', pairedMappingsHighThreshold: 9 }, 'needs paired addressPooling (RFC 8158 section 4.6.8.4)'],
  [{ keepPortRange: true, portBlockSize: 64 }, 'cannot be kept when ports are given in blocks'],
  [{ firstPort: 2_000, lastPort: 2_009, portBlockSize: 11 }, 'is more than the ports from firstPort to lastPort'],
  [{ publicAddresses: ['203.0.113'] }, '"203.0.113" is not an IPv4 address'],
  [
    { portForwards: [80, 81].map((publicPort) => ({ publicPort, insideAddress: '10.0.1.9', insidePort: 80 })) },
    'leads to the same inside endpoint twice: its answers would have two names',
  ],
])('%j %s', (input, message) => {
  expect(natSchema.safeParse(input).error?.issues.map((issue) => issue.message)).toEqual([message]);
});
