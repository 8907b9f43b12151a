import type { IntakeCounts } from '../counting/collector-counts.ts';
import type { Listening } from './listening.ts';

/** Of all UDP sockets together; `undefined` where there is none. */
export function intakeOf(listening: Listening): IntakeCounts | undefined {
  const sockets = listening.stats().filter((stats) => stats.transport === 'udp');
  if (sockets.length === 0) return undefined;
  const sum = (of: (stats: (typeof sockets)[number]) => number): number => sockets.reduce((total, stats) => total + of(stats), 0);
  return {
    datagrams: sum(({ datagrams }) => datagrams),
    refusedDatagrams: sum(({ refused }) => refused),
    kernelDrops: listening.kernelDrops,
    askedBufferOctets: sum(({ askedBufferOctets }) => askedBufferOctets),
    gotBufferOctets: sum(({ receiveBufferOctets, receivers }) => receiveBufferOctets * receivers),
  };
}
