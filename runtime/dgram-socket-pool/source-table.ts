import { isIPv6 } from 'node:net';
import type { Endpoint } from './open-socket.ts';

/** Where datagrams come from: one object for each address and port, so that nothing is formatted for a datagram. */
export interface Source extends Endpoint {
  readonly family: 'IPv4' | 'IPv6';
  /** `192.0.2.1:4739`, `[2001:db8::1]:4739`. */
  readonly text: string;
}

/** What the table remembers beside it. */
export interface KnownSource extends Source {
  readonly isAccepted: boolean;
  /** Datagrams over the socket for all in second `countedFrom`. */
  count: number;
  countedFrom: number;
  /** Whether it may get a socket of its own: not while it has one. */
  mayBeFast: boolean;
}

/** Sources remembered; beyond it all are forgotten and learnt again, which costs time and nothing else. */
const MAX_SOURCES = 65_536;

/** The sources seen lately, and whether they are let in: asked once for each. */
export class SourceTable {
  readonly #accepts: (address: string) => boolean;
  readonly #byAddress = new Map<string, Map<number, KnownSource>>();
  #size = 0;

  constructor(accepts: (address: string) => boolean) {
    this.#accepts = accepts;
  }

  of({ address, port }: Endpoint): KnownSource {
    return this.#byAddress.get(address)?.get(port) ?? this.#learn(address, port);
  }

  #learn(address: string, port: number): KnownSource {
    if (this.#size >= MAX_SOURCES) {
      this.#byAddress.clear();
      this.#size = 0;
    }
    this.#size++;
    const isIPv6Address = isIPv6(address);
    const source: KnownSource = {
      address,
      port,
      family: isIPv6Address ? 'IPv6' : 'IPv4',
      text: isIPv6Address ? `[${address}]:${port}` : `${address}:${port}`,
      isAccepted: this.#accepts(address),
      count: 0,
      countedFrom: 0,
      // A zone is an interface's own.
      mayBeFast: !address.includes('%'),
    };
    const ofAddress = this.#byAddress.get(address);
    if (ofAddress === undefined) this.#byAddress.set(address, new Map([[port, source]]));
    else ofAddress.set(port, source);
    return source;
  }
}
