import { expect, test } from 'vitest';
import { TCP_ACK, TCP_FIN, TCP_RST, TCP_SYN } from '../../../core/net/packet-train.ts';
import { Nat } from '../../../exporter/nat/nat.ts';
import { config, ICMP, into, out, seconds, TCP, UDP, type Packet } from './packets.ts';

/** What a conversation does: packets from inside (`>`) and from outside (`<`), a second apart. */
type Script = readonly (readonly [side: '>' | '<', flags: number])[];

const UDP_SENT: Script = [['>', 0]];
const UDP_ANSWERED: Script = [
  ['>', 0],
  ['<', 0],
  ['>', 0],
];
const OPENING: Script = [['>', TCP_SYN]];
const ESTABLISHED: Script = [
  ['>', TCP_SYN],
  ['<', TCP_SYN | TCP_ACK],
  ['>', TCP_ACK],
];
const HALF_CLOSED: Script = [...ESTABLISHED, ['>', TCP_FIN | TCP_ACK]];
const CLOSING: Script = [...HALF_CLOSED, ['<', TCP_FIN | TCP_ACK]];
const RESET: Script = [...ESTABLISHED, ['<', TCP_RST]];

/** How long after its last packet the session of the script lives, in seconds. */
function idleS(settings: object, protocol: number, script: Script, options: Partial<Packet> = {}): number {
  const nat = new Nat(config({ natEvents: 'sessions', ...settings }), { onEvent: () => undefined });
  let publicEndpoint = 0;
  script.forEach(([side, flags], index) => {
    const packet = { ...options, atS: index, protocol, flags };
    if (side === '>') publicEndpoint = out(nat, packet);
    else expect(into(nat, packet, publicEndpoint)).toBe(true);
  });
  let due = nat.nextTimeout();
  for (; due !== undefined && nat.live.sessions > 0; due = nat.nextTimeout() ?? due) {
    nat.handleTimeout(due);
    if (nat.live.sessions === 0) break;
  }
  return (due as number) / 1e9 - (script.length - 1);
}

const CASES: readonly [what: string, protocol: number, script: Script, rfc: number, linux: number, ciscoIos: number][] = [
  // RFC 4787 REQ-5; nf_conntrack_udp_timeout and udp_timeout_stream; udp-timeout.
  ['UDP', UDP, UDP_SENT, 300, 30, 300],
  ['UDP that was answered', UDP, UDP_ANSWERED, 300, 120, 300],
  // RFC 5382 REQ-5, RFC 7857 sections 2.1 and 2.2.
  ['half-open TCP', TCP, OPENING, 240, 120, 60],
  ['established TCP', TCP, ESTABLISHED, 7_440, 432_000, 86_400],
  ['TCP after one FIN', TCP, HALF_CLOSED, 7_440, 120, 60],
  ['TCP after both', TCP, CLOSING, 240, 120, 60],
  ['TCP after a RST', TCP, RESET, 240, 10, 60],
  // RFC 5508 REQ-2.
  ['ICMP query', ICMP, UDP_SENT, 60, 30, 60],
  ['another protocol', 47, UDP_SENT, 60, 600, 86_400],
];

test.each(CASES)('%s lives as long as the preset says', (_what, protocol, script, rfc, linux, ciscoIos) => {
  expect(idleS({}, protocol, script)).toBe(rfc);
  expect(idleS({ timers: 'linux' }, protocol, script)).toBe(linux);
  expect(idleS({ timers: 'cisco-ios' }, protocol, script)).toBe(ciscoIos);
});

test('Cisco forgets DNS sooner (RFC 4787 REQ-5a); every value can be set', () => {
  expect(idleS({ timers: 'cisco-ios' }, UDP, UDP_SENT, { remotePort: 53 })).toBe(60);
  expect(idleS({ timers: 'cisco-ios', dnsTimeoutS: 5 }, UDP, UDP_SENT, { remotePort: 53 })).toBe(5);
  expect(idleS({ timers: 'linux', udpStreamTimeoutS: 180 }, UDP, UDP_ANSWERED)).toBe(180);
  expect(idleS({ tcpOpeningTimeoutS: 75 }, TCP, OPENING)).toBe(75);
  expect(idleS({ tcpHalfClosedTimeoutS: 100 }, TCP, HALF_CLOSED)).toBe(100);
  expect(idleS({ tcpClosingTimeoutS: 1 }, TCP, CLOSING)).toBe(1);
  expect(idleS({ tcpResetTimeoutS: 2 }, TCP, RESET)).toBe(2);
});

test('packets from outside refresh only where that is asked for (RFC 4787 REQ-6)', () => {
  for (const [settings, lives] of [
    [{}, false],
    [{ inboundRefresh: true }, true],
    [{ timers: 'linux', inboundRefresh: false }, false],
  ] as const) {
    const nat = new Nat(config({ udpTimeoutS: 100, udpStreamTimeoutS: 100, ...settings }));
    const endpoint = out(nat, {});
    expect(into(nat, { atS: 90 }, endpoint)).toBe(true);
    expect(into(nat, { atS: 150 }, endpoint)).toBe(lives);
  }
});

test('a RST from inside does not keep alive what is reset (RFC 7857 section 7.1)', () => {
  const nat = new Nat(config());
  out(nat, { protocol: TCP, flags: TCP_SYN });
  for (const atS of [1, 100, 200]) out(nat, { atS, protocol: TCP, flags: TCP_RST });
  nat.handleTimeout(seconds(241));
  expect(nat.live.sessions).toBe(0);
});
