import { expect, test } from 'vitest';
import { trainEnd, type PacketTrain } from '../../../../core/net/packet-train.ts';
import { Random } from '../../../../core/random/random.ts';
import { NS_PER_S, trueNs } from '../../../../core/time/instant.ts';
import { joinCustomer } from '../../../../exporter/office/applications/vpn.ts';
import { Host } from '../../../../exporter/office/host.ts';
import { Wire } from '../../../../exporter/office/wire.ts';

function tunnelTrains(seed: number): PacketTrain[] {
  const end = trueNs(7_200 * NS_PER_S);
  const wire = new Wire(end);
  const host = new Host(0, { ipv4: 0x0a00_0015, ipv6: 0, nat64Prefix: undefined }, new Random(seed), wire);
  host.begin(trueNs(0), joinCustomer(host, trueNs(0), 60, new Random(seed)));
  wire.advance(end);
  const trains: PacketTrain[] = [];
  for (let train = wire.take(end); train !== undefined; train = wire.take(end)) trains.push(train);
  return trains.filter(({ connection }) => connection.serverPort !== 53 && connection.about === undefined);
}

test('IKE begins on port 500 and floats to 4500 behind a NAT (RFC 7296 section 2.23)', () => {
  const trains = tunnelTrains(1);
  const ports = trains.map(({ connection }) => [connection.insidePort, connection.serverPort]);
  expect(ports.slice(0, 3)).toEqual([[500, 500], [500, 500], [4_500, 4_500]]); // prettier-ignore
  expect(new Set(ports.slice(2).flat())).toEqual(new Set([4_500]));
});

test('keep-alives of one octet pass 20 s apart, and only when nothing else goes up (RFC 3948 sections 2.3 and 4)', () => {
  for (let seed = 0; seed < 20; seed++) {
    const up = tunnelTrains(seed).filter(({ direction, connection }) => direction === 'up' && connection.serverPort === 4_500);
    const beats = up.filter(({ octets, packets }) => octets === packets * 29);
    expect(beats.length).toBeGreaterThan(0);
    for (const beat of beats) {
      expect(beat.packets === 1 || beat.intervalNs === 20 * NS_PER_S).toBe(true);
      for (const other of up) {
        if (other === beat) continue;
        expect(trainEnd(other) <= beat.startNs - 20 * NS_PER_S || other.startNs > trainEnd(beat)).toBe(true);
      }
    }
  }
});
