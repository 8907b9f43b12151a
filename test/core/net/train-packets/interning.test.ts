import { expect, test, vi } from 'vitest';
import type { PacketTrain } from '../../../../core/net/packet-train.ts';
import { trueNs } from '../../../../core/time/instant.ts';
import { connectionWith } from '../../../support/connection.ts';

/** The packet a server sends, in a process that has named `before` already. */
async function packetAfter(before: readonly string[]): Promise<string> {
  vi.resetModules();
  const { parseAddress } = await import('../../../../core/net/address-book.ts');
  const { PacketWriter } = await import('../../../../core/net/train-packets/packet-writer.ts');
  before.forEach(parseAddress);
  const [insideAddress = 0, serverAddress = 0] = ['2001:db8:50::1', '2001:db8:18:1::1'].map(parseAddress);
  const connection = connectionWith({
    protocol: 6,
    insideAddress,
    serverAddress,
  });
  const train: PacketTrain = {
    connection,
    direction: 'down',
    startNs: trueNs(0),
    intervalNs: 0,
    packets: 1,
    octets: 200,
    tcpFlagsFirst: 0x18,
    tcpFlags: 0,
    tcpFlagsLast: 0,
  };
  const writer = new PacketWriter({ unixMs: 0 }, 'lan');
  writer.add(train, insideAddress, 50_000);
  return Buffer.from(writer.next(trueNs(1)) ?? []).toString('hex');
}

test('packets over IPv6 are the same whatever other addresses were named before', async () => {
  const packet = await packetAfter([]);
  expect(packet).not.toBe('');
  expect(await packetAfter(['2001:db8::99', '2001:db8::98', '2001:db8::97'])).toBe(packet);
});
