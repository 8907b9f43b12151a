import { expect, test } from 'vitest';
import { TCP_ACK, TCP_FIN, TCP_RST, TCP_SYN } from '../../../core/net/packet-train.ts';
import { nextTcpState, type TcpState } from '../../../exporter/nat/tcp-state.ts';

/** `>` is from inside, `<` from outside. */
const FLAGS: Readonly<Record<string, number>> = {
  SYN: TCP_SYN,
  'SYN-ACK': TCP_SYN | TCP_ACK,
  ACK: TCP_ACK,
  FIN: TCP_FIN | TCP_ACK,
  RST: TCP_RST,
  none: 0,
};

const walk = (...packets: string[]): TcpState =>
  packets.reduce<TcpState>(
    (state, packet) => nextTcpState(state, packet.startsWith('>'), FLAGS[packet.slice(1)] as number),
    'closed',
  );

// RFC 7857 section 2, figure 1; RFC 6146 section 3.5.2.2.
test.each<[packets: string[], state: TcpState]>([
  [['>SYN'], 'opened-inside'],
  [['>SYN', '>SYN'], 'opened-inside'],
  [['<SYN'], 'opened-outside'],
  [['>SYN', '<SYN-ACK'], 'established'],
  [['>SYN', '<SYN'], 'established'],
  [['<SYN', '>SYN-ACK'], 'established'],
  [['>ACK', '<ACK'], 'established'],
  [['>SYN', '<none'], 'opened-inside'],
  [['>SYN', '<SYN-ACK', '>FIN'], 'fin-inside'],
  [['>SYN', '<SYN-ACK', '>FIN', '<ACK', '>FIN'], 'fin-inside'],
  [['>SYN', '<SYN-ACK', '<FIN'], 'fin-outside'],
  [['>SYN', '<SYN-ACK', '>FIN', '<FIN'], 'closing'],
  [['>SYN', '<SYN-ACK', '<FIN', '>FIN', '<ACK', '>ACK'], 'closing'],
  [['>SYN', '<SYN-ACK', '>FIN', '<FIN', '>SYN'], 'opened-inside'],
  [['>SYN', '<RST'], 'reset'],
  [['>SYN', '<SYN-ACK', '<RST'], 'reset'],
  [['>SYN', '<SYN-ACK', '>FIN', '<FIN', '<RST'], 'reset'],
  [['>SYN', '<SYN-ACK', '<RST', '<RST'], 'reset'],
  [['>SYN', '<SYN-ACK', '<RST', '>ACK'], 'established'],
  [['>SYN', '<SYN-ACK', '<RST', '>SYN'], 'opened-inside'],
])('%j: %s', (packets, state) => expect(walk(...packets)).toBe(state));

test('a train with SYN, data and FIN is all of them in turn', () => {
  expect(nextTcpState('closed', true, TCP_SYN | TCP_FIN)).toBe('fin-inside');
  expect(nextTcpState('opened-inside', false, TCP_SYN | TCP_ACK | TCP_FIN)).toBe('fin-outside');
});
