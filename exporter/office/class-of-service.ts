import { PROTOCOL_TCP, PROTOCOL_UDP } from '../../core/net/packet-train.ts';

/** DSCPs by the service classes of RFC 4594 section 2.3, Figure 3. */
const EXPEDITED_FORWARDING = 46;
const AF41 = 34;
const AF21 = 18;
const CS3 = 24;
const CS1 = 8;

/** Who marks what: the first that fits. */
interface Marking {
  readonly dscp: number;
  readonly protocol: number;
  /** The server's. */
  readonly ports: readonly [first: number, last: number];
  /** The end of its name; without it, any. */
  readonly suffix?: string;
}

const MARKINGS: readonly Marking[] = [
  // Voice, and its reports with it ("Telephony"); telephones mark signalling CS3, as Cisco's do, and not CS5.
  { dscp: EXPEDITED_FORWARDING, protocol: PROTOCOL_UDP, ports: [16_384, 32_767], suffix: '' },
  { dscp: CS3, protocol: PROTOCOL_UDP, ports: [5_060, 5_061] },
  // Microsoft, "Implement Quality of Service in Teams": audio 46, video 34, sharing 18. Zoom marks nothing unless told.
  { dscp: EXPEDITED_FORWARDING, protocol: PROTOCOL_UDP, ports: [3_479, 3_479] },
  { dscp: AF41, protocol: PROTOCOL_UDP, ports: [3_480, 3_480] },
  { dscp: AF21, protocol: PROTOCOL_UDP, ports: [3_481, 3_481] },
  // OpenSSH since 7.8: IPQoS af21 for whoever types.
  { dscp: AF21, protocol: PROTOCOL_TCP, ports: [22, 22] },
  // "Low-Priority Data": a backup that may take all night.
  { dscp: CS1, protocol: PROTOCOL_TCP, ports: [443, 443], suffix: '.backup.example' },
];

/** The octet of the IP header, DSCP * 4, that a device gives the packets it sends on a connection. */
export function classOfServiceOf(protocol: number, serverPort: number, serverName: string): number {
  const marking = MARKINGS.find(
    ({ protocol: marked, ports: [first, last], suffix = serverName }) =>
      marked === protocol &&
      serverPort >= first &&
      serverPort <= last &&
      (suffix === '' ? serverName === '' : serverName.endsWith(suffix)),
  );
  return 4 * (marking?.dscp ?? 0);
}
