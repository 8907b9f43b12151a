import { OTHER, type Application } from '../query/catalogue.ts';

/** The row id of what is in no store yet. */
export const NOT_STORED = -1;

/** What a flow is to a detector: the columns of `InsideFlows`, a place for each row. */
export class InsideFlows {
  readonly capacity: number;
  /** How many rows are in use. */
  length = 0;

  /** Number of the device inside (`AddressNumbers`); `NO_ADDRESS` where neither end lies inside. */
  readonly inside: Uint32Array;
  readonly insidePort: Uint16Array;
  /** Number of the other end as it is known outside. Where nobody inside is meant: whoever sent it. */
  readonly server: Uint32Array;
  readonly serverPort: Uint16Array;
  /** Where neither end lies inside, the number of whom it was sent to: the public address, mostly. `NO_ADDRESS` else. */
  readonly called: Uint32Array;
  readonly protocol: Uint8Array;
  /** 1 from inside to outside, else 0. */
  readonly isUp: Uint8Array;
  /** As the record says them: of the packets that were looked at, one of `samplingInterval`. */
  readonly packets: Float64Array;
  readonly octets: Float64Array;
  /** 1 where nothing is left out, or it looks so (`SamplingGuess`); 0 before that where nobody said so. */
  readonly samplingInterval: Float64Array;
  readonly tcpControlBits: Uint16Array;
  /** Milliseconds since 1970 by the exporter's clock; the end never lies before the start. */
  readonly startMs: Float64Array;
  readonly endMs: Float64Array;
  /** Microseconds since 1970 by the collector's clock. Never to be compared with the two before. */
  readonly receivedAtUs: Float64Array;
  /** What it is for, as far as known by now: the exporter's word, else the server's name, its prefix, its port. `OTHER` where nobody inside is meant. */
  readonly application: Application[];
  /** Row id in the store, else `NOT_STORED`. */
  readonly id: Float64Array;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.inside = new Uint32Array(capacity);
    this.insidePort = new Uint16Array(capacity);
    this.server = new Uint32Array(capacity);
    this.serverPort = new Uint16Array(capacity);
    this.called = new Uint32Array(capacity);
    this.protocol = new Uint8Array(capacity);
    this.isUp = new Uint8Array(capacity);
    this.packets = new Float64Array(capacity);
    this.octets = new Float64Array(capacity);
    this.samplingInterval = new Float64Array(capacity);
    this.tcpControlBits = new Uint16Array(capacity);
    this.startMs = new Float64Array(capacity);
    this.endMs = new Float64Array(capacity);
    this.receivedAtUs = new Float64Array(capacity);
    this.application = new Array<Application>(capacity).fill(OTHER);
    this.id = new Float64Array(capacity);
  }
}
