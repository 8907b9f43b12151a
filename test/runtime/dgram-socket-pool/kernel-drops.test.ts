import fc from 'fast-check';
import { endianness } from 'node:os';
import { describe, expect, test } from 'vitest';
import { KernelDrops } from '../../../runtime/dgram-socket-pool/kernel-drops.ts';

const HEADER =
  '   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops';

const line = (local: string, inode: number, drops: number): string =>
  `  117: ${local} 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 ${inode} 2 000000007c19de6e ${drops}         `;

const table = (lines: readonly string[]): string => [HEADER, ...lines, ''].join('\n');

/** 127.0.0.1:4739 */
const HERE = '0100007F:1283';

function drops(readings: readonly string[], sockets = 1, own = new Set(['7', '8'])): readonly number[] {
  const kept = new KernelDrops({ address: '127.0.0.1', port: 4739, family: 'IPv4' }, sockets);
  for (const reading of readings) kept.update(reading, own);
  return kept.known;
}

describe.skipIf(endianness() === 'BE')('kernel drops', () => {
  test('a socket listed any number of times has its last count, and never less than before', () => {
    const reading = fc.record({ times: fc.integer({ min: 0, max: 7 }), more: fc.integer({ min: 0, max: 1_000 }) });
    fc.assert(
      fc.property(fc.array(reading, { minLength: 1 }), (readings) => {
        let count = 0;
        let seen: number | undefined;
        const tables = readings.map(({ times, more }) => {
          count += more;
          if (times > 0) seen = count;
          return table(Array.from({ length: times }, () => line(HERE, 7, count)));
        });
        expect(drops(tables)).toEqual(seen === undefined ? [] : [seen]);
      }),
    );
  });

  test('each socket of the port has a count of its own', () => {
    expect(drops([table([line(HERE, 7, 3), line(HERE, 8, 5), line(HERE, 7, 3)])], 2)).toEqual([3, 5]);
  });

  test('another address, another port and another process do not count', () => {
    const others = [line('0200007F:1283', 8, 9), line('0100007F:1284', 8, 9), line('00000000:1283', 8, 9), line(HERE, 99, 9)];
    expect(drops([table([...others, line(HERE, 7, 1)])])).toEqual([1]);
  });

  test('reads IPv6 addresses whatever their spelling', () => {
    const kept = new KernelDrops({ address: 'fe80:0::1%eth0', port: 4739, family: 'IPv6' }, 1);
    kept.update(table([line('000080FE000000000000000001000000:1283', 7, 2)]), new Set(['7']));
    expect(kept.known).toEqual([2]);
  });
});
