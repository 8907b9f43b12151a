import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { PROTOCOL_UDP, type PacketTrain } from '../../../../core/net/packet-train.ts';
import { PacketWriter } from '../../../../core/net/train-packets/packet-writer.ts';
import { trueNs } from '../../../../core/time/instant.ts';
import { connectionWith } from '../../../support/connection.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const question = (id: number): PacketTrain => ({
  connection: connectionWith({
    id,
    protocol: PROTOCOL_UDP,
    insideAddress: 0x0a000009,
    serverAddress: 0xc6120105,
    serverPort: 33_434,
  }),
  direction: 'up',
  startNs: trueNs(id),
  intervalNs: 0,
  packets: 1,
  octets: 60,
  tcpFlagsFirst: 0,
  tcpFlags: 0,
  tcpFlagsLast: 0,
});

test('questions that are never answered take no more memory, however many there were', () => {
  const writer = new PacketWriter({ unixMs: 0 }, 'lan');
  const heapAfter = (from: number, to: number): number => {
    for (let id = from; id < to; id++) {
      writer.add(question(id), 1, 1);
      writer.next(trueNs(id + 1));
    }
    collectGarbage();
    return process.memoryUsage().heapUsed;
  };
  const full = heapAfter(0, 66_000);
  // 44,000 of them are over 20 MB.
  expect(heapAfter(66_000, 110_000) - full).toBeLessThan(3e6);
});
