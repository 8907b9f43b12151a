import { CollectedBatch } from '../../../../collector/collecting/collected-batch.ts';
import { parseIPv4 } from '../../../../core/net/address.ts';
import { parseIPv6, wordsOfIPv6 } from '../../../../core/net/ipv6-text.ts';
import type { Row } from './oracle.ts';

/** The rows as they come from the decoder. */
export function batchOf(rows: readonly Row[]): CollectedBatch {
  const batch = new CollectedBatch(Math.max(1, rows.length));
  rows.forEach((one, index) => {
    const put = (text: string, ipv4: Uint32Array, ipv6: Uint32Array): void => {
      const octets = parseIPv6(text);
      if (octets === undefined) ipv4[index] = parseIPv4(text) ?? 0;
      else ipv6.set(wordsOfIPv6(octets), 4 * index);
    };
    put(one.exporter, batch.exporter, batch.exporterIPv6);
    put(one.source, batch.sourceAddress, batch.sourceIPv6);
    put(one.destination, batch.destinationAddress, batch.destinationIPv6);
    put(one.postSource, batch.postNatSourceAddress, batch.postNatSourceIPv6);
    put(one.postDestination, batch.postNatDestinationAddress, batch.postNatDestinationIPv6);
    batch.sourcePort[index] = one.sourcePort;
    batch.destinationPort[index] = one.destinationPort;
    batch.protocol[index] = one.protocol;
    batch.octetDeltaCount[index] = one.octets;
    batch.packetDeltaCount[index] = one.packets;
    batch.flowStartMs[index] = one.startMs;
    batch.flowEndMs[index] = one.endMs;
    batch.exportTimeS[index] = one.exportS;
    batch.receivedAtUs[index] = one.receivedUs;
    batch.samplingInterval[index] = one.sampling;
    batch.applicationId[index] = one.applicationId;
    batch.biflowHalf[index] = one.biflowHalf;
    const plain = (name: string): number => one.plain[name] as number;
    batch.observationDomainId[index] = plain('domain');
    batch.ingressInterface[index] = plain('interface in');
    batch.egressInterface[index] = plain('interface out');
    batch.ingressVrf[index] = plain('vrf in');
    batch.egressVrf[index] = plain('vrf out');
    batch.sourceAs[index] = plain('source as');
    batch.destinationAs[index] = plain('destination as');
    batch.vlanId[index] = plain('vlan');
    batch.flowDirection[index] = plain('direction');
    batch.ipVersion[index] = plain('version');
    batch.exportProtocol[index] = plain('export protocol');
  });
  batch.length = rows.length;
  return batch;
}
