/** Something an administrator should look at, in words, with the facts from the flows that carry them. */
export interface Unusual {
  readonly kind: 'port-scan' | 'unknown-device' | 'forbidden-service';
  /** Name of the person or the address of the device. */
  readonly who: string;
  readonly address: string;
  readonly sentence: string;
  readonly evidence: string[];
  /** Milliseconds since 1970 by the router's clock. */
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
}
