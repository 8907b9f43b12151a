import { expect, test } from 'vitest';
import { Random } from '../../../../core/random/random.ts';
import { NS_PER_S, trueNs } from '../../../../core/time/instant.ts';
import { trainEnd, TCP_FIN, TCP_RST, type PacketTrain } from '../../../../core/net/packet-train.ts';
import { stayConnected, type LongConnection } from '../../../../exporter/office/applications/keep-alive.ts';
import { Host } from '../../../../exporter/office/host.ts';
import { CAMERA_CLOUD } from '../../../../exporter/office/internet/device-services.ts';
import { Wire } from '../../../../exporter/office/wire.ts';

function connectionOf(job: LongConnection, seed: number): PacketTrain[] {
  const end = trueNs(2 * job.until);
  const wire = new Wire(end);
  const host = new Host(0, { ipv4: 0x0a00_0015, ipv6: 0, nat64Prefix: undefined }, new Random(seed), wire);
  host.begin(trueNs(0), stayConnected(host, trueNs(0), job, new Random(seed)));
  wire.advance(end);
  const trains: PacketTrain[] = [];
  for (let train = wire.take(end); train !== undefined; train = wire.take(end)) trains.push(train);
  return trains.filter(({ connection }) => connection.serverPort === 443);
}

test('nobody hangs up in the middle of a transfer', () => {
  const job: LongConnection = {
    server: CAMERA_CLOUD.pools.ingest[0],
    until: trueNs(600 * NS_PER_S),
    beatNs: 60 * NS_PER_S,
    beatOctets: [90, 40],
    eventGapNs: 20 * NS_PER_S,
    event: () => ({ direction: 'up', octets: 40_000_000 }),
  };
  for (let seed = 0; seed < 40; seed++) {
    const trains = connectionOf(job, seed);
    const ended = trains.find(
      ({ direction, tcpFlagsFirst }) => direction === 'up' && (tcpFlagsFirst & (TCP_FIN | TCP_RST)) !== 0,
    ) as PacketTrain;
    const hasData = ({ octets, packets }: PacketTrain): boolean => octets / packets > 60;
    for (const train of trains.filter(hasData)) expect(trainEnd(train)).toBeLessThanOrEqual(ended.startNs);
  }
});
