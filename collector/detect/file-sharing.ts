import { z } from 'zod';
import { PROTOCOL_TCP, PROTOCOL_UDP } from '../../core/net/packet-train.ts';
import { formatStored, type StoredAddress } from '../../core/net/stored-address.ts';
import { wordCount, wordOctets } from '../query/wording.ts';
import { NO_ADDRESS } from './address-numbers.ts';
import type { Telling } from './alert.ts';
import { applicationAt } from './contact.ts';
import type { Detector, DetectorKind, Surroundings } from './detector.ts';
import type { InsideFlows } from './inside-flows.ts';
import { Suspicion, Suspicions } from './suspicion.ts';

const peers = z.int().min(2).max(4_096);

export const fileSharingSchema = z.strictObject({
  minDataPeers: peers
    .default(8)
    .describe(
      'Hosts with which much is exchanged between high ports over TCP: a client has up to 30 at a time, work hardly any.',
    ),
  minAskedPeers: peers
    .default(40)
    .describe(
      'Hosts asked over UDP from one high port to high ports, as the distributed hash table is (BEP 5); 50 to 200 are usual.',
    ),
  minKilobytes: z
    .number()
    .min(1)
    .max(1e6)
    .default(10)
    .describe(
      '10^3 octets of a record, scaled up where packets are sampled, that are much: less than a piece of 16 KiB (BEP 3).',
    ),
  servicePorts: z
    .array(z.int().min(1_024).max(65_535))
    .default([
      1_194, 1_433, 1_521, 3_128, 3_306, 3_389, 4_500, 5_060, 5_061, 5_222, 5_223, 5_228, 5_229, 5_230, 5_432, 5_900, 8_000,
      8_080, 8_443,
    ])
    .describe('High ports of services that have nothing to do with it.'),
  quietMinutes: z.number().min(1).max(10_080).default(60).describe('Minutes without exchange after which it is another one.'),
  maxDevices: z
    .int()
    .min(16)
    .max(1_048_576)
    .default(4_096)
    .describe('Devices whose peers are remembered; beyond it those seen longest ago are forgotten (forgottenKeys).'),
});

type Config = z.output<typeof fileSharingSchema>;

const FIRST_HIGH_PORT = 1_024;
/** Packets that carry data are large. */
const DATA_PACKET_OCTETS = 500;
/** Peers remembered of one device; there may be more. */
const MAX_PEERS = 4_096;
/** What asks a node of the table is a packet or two. */
const MAX_QUERY_PACKETS = 3;

class Sharing extends Suspicion {
  readonly data = new Set<number>();
  /** Asked from the port `port`. */
  readonly asked = new Set<number>();
  port = -1;
}

/** Files shared with strangers, told by behaviour: many peers at high ports, and a table of them asked from one port. */
class FileSharingDetector implements Detector {
  readonly #surroundings: Surroundings;
  readonly #config: Config;
  readonly #isServicePort = new Uint8Array(65_536);
  readonly #devices: Suspicions<Sharing>;

  constructor(surroundings: Surroundings, config: Config) {
    this.#surroundings = surroundings;
    this.#config = config;
    for (const port of config.servicePorts) this.#isServicePort[port] = 1;
    this.#devices = new Suspicions(config.maxDevices, config.quietMinutes, () => new Sharing());
  }

  get forgotten(): number {
    return this.#devices.forgotten;
  }

  handle(flows: InsideFlows): void {
    const { office } = this.#surroundings;
    for (let row = 0; row < flows.length; row++) {
      if (flows.inside[row] === NO_ADDRESS || !this.#isBetweenPeers(flows, row)) continue;
      const isData = this.#isData(flows, row);
      if (!isData && !isQuery(flows, row)) continue;
      // What the policy forbids is told as that.
      if (!office.forbidden.includes(applicationAt(flows, row).name)) this.#note(flows, row, isData);
    }
  }

  #isBetweenPeers({ insidePort, serverPort }: InsideFlows, row: number): boolean {
    const [own, other] = [insidePort[row] as number, serverPort[row] as number];
    return (
      own >= FIRST_HIGH_PORT && other >= FIRST_HIGH_PORT && this.#isServicePort[other] === 0 && this.#isServicePort[own] === 0
    );
  }

  #isData(flows: InsideFlows, row: number): boolean {
    const [octets, packets] = [flows.octets[row] as number, flows.packets[row] as number];
    return (
      flows.protocol[row] === PROTOCOL_TCP &&
      octets >= packets * DATA_PACKET_OCTETS &&
      octets * (flows.samplingInterval[row] as number) >= this.#config.minKilobytes * 1_000
    );
  }

  #note(flows: InsideFlows, row: number, isData: boolean): void {
    const [inside, server, own] = [flows.inside[row] as number, flows.server[row] as number, flows.insidePort[row] as number];
    const sharing = this.#devices.at(flows.startMs[row] as number, inside);
    sharing.evidence.add(flows, row);
    if (isData) {
      if (sharing.data.size < MAX_PEERS) sharing.data.add(server);
    } else {
      // Another port than the table's has other peers; the table's has the most.
      if (own !== sharing.port && sharing.asked.size < this.#config.minAskedPeers) {
        sharing.asked.clear();
        sharing.port = own;
      }
      if (own === sharing.port && sharing.asked.size < MAX_PEERS) sharing.asked.add(server);
    }
    const { book, addresses } = this.#surroundings;
    const { minDataPeers, minAskedPeers } = this.#config;
    if (sharing.alert !== undefined) book.changed(sharing.alert);
    else if (sharing.data.size >= minDataPeers || sharing.asked.size >= minAskedPeers) {
      const address = addresses.addressOf(inside);
      sharing.alert = book.raise('file-sharing', flows.receivedAtUs[row] as number, () => this.#tell(sharing, address));
    }
  }

  #tell({ evidence, data, asked, port }: Sharing, inside: StoredAddress): Telling {
    const who = this.#surroundings.office.who(inside, evidence.firstSeenMs);
    const isTable = asked.size >= this.#config.minAskedPeers;
    return {
      who,
      address: formatStored(inside),
      target: '',
      sentence: `${who} shared files with ${wordCount(Math.max(data.size, asked.size), 'stranger')}: ${wordOctets(evidence.octets)}`,
      evidence: [
        `data exchanged with ${wordCount(data.size, 'host')} between high ports over TCP`,
        ...(isTable
          ? [`${wordCount(asked.size, 'host')} asked over UDP from port ${port} alone, as a distributed hash table is`]
          : []),
        evidence.sentence,
      ],
      confidence: isTable && data.size >= this.#config.minDataPeers ? 0.97 : 0.85,
      ...evidence.seen,
    };
  }
}

const isQuery = (flows: InsideFlows, row: number): boolean =>
  flows.protocol[row] === PROTOCOL_UDP && flows.isUp[row] === 1 && (flows.packets[row] as number) <= MAX_QUERY_PACKETS;

export const fileSharing: DetectorKind<Config> = {
  kind: 'file-sharing',
  advice: {
    innocent: ['an installer or a game that gets its files from other users', 'free software that is spread this way'],
    next: [
      'ask whoever uses the device what is shared: what goes up counts as published',
      'see how much of the line it took from others',
      'write the application into the policy if nobody is to use it',
    ],
  },
  create: (surroundings, config) => new FileSharingDetector(surroundings, config),
};
