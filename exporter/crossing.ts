import type { PacketTrain } from '../core/net/packet-train.ts';

/** A packet train as it crosses the router: its endpoints by the names they have on either side of the translation. */
export interface Crossing {
  readonly train: PacketTrain;
  /** What it is outside: the same train, or with NAT64 one of another IP version. */
  readonly outsideTrain: PacketTrain;
  readonly insideAddress: number;
  readonly insidePort: number;
  /** What the internet sees of the inside endpoint; the inside endpoint itself when nothing is translated. */
  readonly publicAddress: number;
  readonly publicPort: number;
  /** The octet once called type of service, as it comes and as it leaves. */
  readonly classOfService: number;
  readonly postClassOfService: number;
  /** RFC 6759; 0 when the router does not know. */
  readonly applicationId: number;
  /** Whether the endpoints on the two sides differ; what is not translated has none "after translation". */
  readonly isTranslated: boolean;
  /** The translation has nobody for it: it came from outside and goes no further. */
  readonly isDropped: boolean;
}

/** The octet as it comes to the router: the marks of the inside do not come back from the internet. */
export const classOfServiceOf = ({ classOfService, direction, connection }: PacketTrain): number =>
  classOfService ?? (direction === 'up' ? (connection.classOfService ?? 0) : 0);
