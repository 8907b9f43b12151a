import { formatIPv4 } from '../../core/net/address.ts';
import { formatIPv6 } from '../../core/net/ipv6-text.ts';
import { parseStored, type StoredAddress } from '../../core/net/stored-address.ts';
import type { CollectedBatch } from '../../collector/collecting/collected-batch.ts';
import type { NatEventBatch } from '../../collector/collecting/nat-event-batch.ts';
import type { DayOffice } from './day-detector.ts';
import type { DetectorFlow, DetectorNatEvent } from './detector.ts';

const IPV6 = 6;
const US_PER_MS = 1_000;
const WORDS = 4;

/** The rows of a batch as flows in plain words. */
export function plainFlows(batch: CollectedBatch, { given }: Pick<DayOffice, 'given'>): DetectorFlow[] {
  const { names } = given;
  const applications = new Map(given.applications.map(({ id, name }) => [id, name]));
  const nameOf = (address: string): string | undefined => names.get(parseStored(address) as StoredAddress);
  return Array.from({ length: batch.length }, (_, row) => {
    const isIPv6 = batch.ipVersion[row] === IPV6;
    const source = isIPv6 ? textOfWords(batch.sourceIPv6, row) : formatIPv4(batch.sourceAddress[row] as number);
    const destination = isIPv6 ? textOfWords(batch.destinationIPv6, row) : formatIPv4(batch.destinationAddress[row] as number);
    return {
      source,
      destination,
      sourcePort: batch.sourcePort[row] as number,
      destinationPort: batch.destinationPort[row] as number,
      protocol: batch.protocol[row] as number,
      packets: batch.packetDeltaCount[row] as number,
      octets: batch.octetDeltaCount[row] as number,
      samplingInterval: Math.max(1, batch.samplingInterval[row] as number),
      tcpFlags: batch.tcpControlBits[row] as number,
      startMs: batch.flowStartMs[row] as number,
      endMs: batch.flowEndMs[row] as number,
      receivedMs: (batch.receivedAtUs[row] as number) / US_PER_MS,
      ...translationOf(batch, row),
      ...present('application', applications.get(batch.applicationId[row] as number)),
      ...present('sourceName', nameOf(source)),
      ...present('destinationName', nameOf(destination)),
    };
  });
}

/** The endpoints after translation that differ from those before; IPv6 is not translated but by NAT64, to IPv4. */
function translationOf(batch: CollectedBatch, row: number): Partial<DetectorFlow> {
  const source = batch.postNatSourceAddress[row] as number;
  const destination = batch.postNatDestinationAddress[row] as number;
  const isSource =
    source !== 0 && (source !== batch.sourceAddress[row] || batch.postNaptSourcePort[row] !== batch.sourcePort[row]);
  const isDestination =
    destination !== 0 &&
    (destination !== batch.destinationAddress[row] || batch.postNaptDestinationPort[row] !== batch.destinationPort[row]);
  return {
    ...(isSource ? { translatedSource: formatIPv4(source), translatedSourcePort: batch.postNaptSourcePort[row] as number } : {}),
    ...(isDestination
      ? {
          translatedDestination: formatIPv4(destination),
          translatedDestinationPort: batch.postNaptDestinationPort[row] as number,
        }
      : {}),
  };
}

/** NAT events in plain words. */
export const plainNatEvents = (batch: NatEventBatch): DetectorNatEvent[] =>
  Array.from({ length: batch.length }, (_, row) => ({
    kind: batch.kind[row] as number,
    atMs: batch.observationTimeMs[row] as number,
    receivedMs: (batch.receivedAtUs[row] as number) / US_PER_MS,
    publicAddress: formatIPv4(batch.publicAddress[row] as number),
    protocol: batch.protocol[row] as number,
  }));

function textOfWords(words: Uint32Array, row: number): string {
  const octets = new DataView(new ArrayBuffer(4 * WORDS));
  for (let word = 0; word < WORDS; word++) octets.setUint32(4 * word, words[WORDS * row + word] as number);
  return formatIPv6(new Uint8Array(octets.buffer));
}

const present = <Key extends string>(key: Key, value: string | undefined): Partial<Record<Key, string>> =>
  value === undefined ? {} : ({ [key]: value } as Partial<Record<Key, string>>);
