import {
  DESTINATION_WORD,
  EGRESS_WORD,
  INGRESS_WORD,
  PACKET_WORDS,
  POINT_WORD,
  PORTS_WORD,
  POST_NAPT_PORTS_WORD,
  POST_NAT_DESTINATION_WORD,
  POST_NAT_IPV6,
  POST_NAT_SOURCE_WORD,
  PROTOCOL_WORD,
  SOURCE_WORD,
} from '../../core/flow/observed-packet.ts';
import { copyIPv6, FIRST_IPV6, findIPv6 } from '../../core/net/address-book.ts';
import type { FlowKey, MeteringConfig } from './config.ts';

type Words = Uint32Array;

/** The IP version in `PROTOCOL_WORD`. */
const VERSION_BITS = 0xf000;
const VERSION_4 = 0x4000;
const VERSION_6 = 0x6000;

/** The bits of each word a key is made of. */
const BITS: Readonly<Record<FlowKey, readonly (readonly [word: number, bits: number])[]>> = {
  sourceAddress: [0, 1, 2, 3].map((word) => [SOURCE_WORD + word, 0xffffffff]),
  destinationAddress: [0, 1, 2, 3].map((word) => [DESTINATION_WORD + word, 0xffffffff]),
  sourcePort: [[PORTS_WORD, 0xffff0000]],
  destinationPort: [[PORTS_WORD, 0x0000ffff]],
  protocol: [[PROTOCOL_WORD, 0xff000000]],
  classOfService: [[PROTOCOL_WORD, 0x00ff0000]],
  vlanId: [[PROTOCOL_WORD, 0x00000fff]],
  ingressInterface: [[INGRESS_WORD, 0xffffffff]],
  postNatEndpoints: [
    ...[POST_NAT_SOURCE_WORD, POST_NAT_DESTINATION_WORD, POST_NAPT_PORTS_WORD].map((word) => [word, 0xffffffff] as const),
    [POINT_WORD, POST_NAT_IPV6],
  ],
};

/**
 * Whether the two directions of a biflow are seen on different sides of the translation, so that what one shows before it the
 * other shows after it. Seen on one side (lan-ingress and lan-egress), they show the same addresses.
 */
export const pairsAcrossNat = ({ observationPoints }: Pick<MeteringConfig, 'observationPoints'>): boolean =>
  observationPoints.every((point) => point.endsWith('ingress'));

/** Whether postNatEndpoints are a Flow Key: of a biflow seen on one side only one direction is about to be translated. */
export const tellsApartByPostNat = (config: Pick<MeteringConfig, 'biflow' | 'observationPoints'>): boolean =>
  !config.biflow || pairsAcrossNat(config);

/** What makes two packets one flow: which bits of their words must agree, and how a packet of the other direction shows them. */
export class FlowKeyRule {
  /** Ones where the key is. */
  readonly mask = new Uint32Array(PACKET_WORDS);
  /** Positions of the words that can differ, for IPv4 and for IPv6. */
  readonly ipv4Positions: readonly number[];
  readonly ipv6Positions: readonly number[];
  readonly biflow: boolean;
  readonly #acrossNat: boolean;

  constructor(config: MeteringConfig) {
    this.biflow = config.biflow;
    this.#acrossNat = pairsAcrossNat(config);
    // The IP version and the Observation Point always tell flows apart: else one packet would count twice in a record.
    this.#add(PROTOCOL_WORD, VERSION_BITS);
    this.#add(POINT_WORD, 0xc0000000);
    for (const key of config.keys) {
      if (key === 'postNatEndpoints' && !tellsApartByPostNat(config)) continue;
      for (const [word, bits] of BITS[key]) this.#add(word, bits);
    }
    const positions = [...this.mask.keys()].filter((word) => this.mask[word] !== 0);
    this.ipv6Positions = positions;
    this.ipv4Positions = positions.filter((word) => word >= PORTS_WORD || word % 4 === 0);
  }

  /** Writes into `to` the words a packet of the other direction would show. */
  reverse(from: Words, to: Words): void {
    to.set(from);
    to[INGRESS_WORD] = from[EGRESS_WORD] as number;
    to[EGRESS_WORD] = from[INGRESS_WORD] as number;
    const translated = this.#acrossNat && (from[POST_NAT_SOURCE_WORD] !== 0 || from[POST_NAT_DESTINATION_WORD] !== 0);
    if (translated) {
      turnAround(from, to);
      to[PORTS_WORD] = swapped(from[POST_NAPT_PORTS_WORD] as number);
      to[POST_NAPT_PORTS_WORD] = swapped(from[PORTS_WORD] as number);
      return;
    }
    for (let word = 0; word < 4; word++) {
      to[SOURCE_WORD + word] = from[DESTINATION_WORD + word] as number;
      to[DESTINATION_WORD + word] = from[SOURCE_WORD + word] as number;
    }
    to[PORTS_WORD] = swapped(from[PORTS_WORD] as number);
  }

  #add(word: number, bits: number): void {
    this.mask[word] = (this.mask[word] as number) | bits;
  }
}

/** The addresses, which the other direction shows on the other side of the translation; NAT64 has another IP version there. */
function turnAround(from: Words, to: Words): void {
  const isIPv6 = ((from[PROTOCOL_WORD] as number) & VERSION_BITS) === VERSION_6;
  const isIPv6After = ((from[POINT_WORD] as number) & POST_NAT_IPV6) !== 0;
  const address = (word: number): number => (isIPv6 ? (findIPv6(from, word) ?? 0) : (from[word] as number));
  to[POST_NAT_SOURCE_WORD] = address(DESTINATION_WORD);
  to[POST_NAT_DESTINATION_WORD] = address(SOURCE_WORD);
  to[POINT_WORD] = ((from[POINT_WORD] as number) & ~POST_NAT_IPV6) | (isIPv6 ? POST_NAT_IPV6 : 0);
  to[PROTOCOL_WORD] = ((from[PROTOCOL_WORD] as number) & ~VERSION_BITS) | (isIPv6After ? VERSION_6 : VERSION_4);
  if (isIPv6) to.fill(0, SOURCE_WORD, PORTS_WORD);
  write(from[POST_NAT_DESTINATION_WORD] as number, isIPv6After, to, SOURCE_WORD);
  write(from[POST_NAT_SOURCE_WORD] as number, isIPv6After, to, DESTINATION_WORD);
}

function write(address: number, isIPv6: boolean, to: Words, word: number): void {
  if (isIPv6) copyIPv6(FIRST_IPV6 + address, to, word);
  else to[word] = address;
}

const swapped = (ports: number): number => (ports << 16) | (ports >>> 16);
