import { addressOfEndpoint } from '../../core/net/endpoint-number.ts';
import type { NatConfig } from './config.ts';
import type { Mapping } from './mapping.ts';

/** What a remote endpoint is to a table that does not tell remote endpoints apart; also what port forwards are filed under. */
const ANYONE = 0;

/**
 * The mappings of one protocol, found from either side. How much of the remote endpoint counts on the inside is the mapping
 * behaviour (RFC 4787 section 4.1); on the public side nothing does, unless ports may overlap (RFC 7857 section 3).
 */
export class MappingTable {
  readonly #byInside = new Map<number, Map<number, Mapping>>();
  readonly #byPublic = new Map<number, Map<number, Mapping>>();
  readonly #behaviour: NatConfig['mapping'];
  readonly #overlaps: boolean;

  constructor({ mapping, portOverlapping }: NatConfig) {
    this.#behaviour = mapping;
    this.#overlaps = portOverlapping;
  }

  ofInside(insideEndpoint: number, remoteEndpoint: number): Mapping | undefined {
    return find(this.#byInside, insideEndpoint, this.#insideKey(remoteEndpoint));
  }

  ofPublic(publicEndpoint: number, remoteEndpoint: number): Mapping | undefined {
    return find(this.#byPublic, publicEndpoint, this.#publicKey(remoteEndpoint));
  }

  add(mapping: Mapping): void {
    const { insideEndpoint, publicEndpoint, madeFor, isStatic } = mapping;
    file(this.#byInside, insideEndpoint, isStatic ? ANYONE : this.#insideKey(madeFor), mapping);
    file(this.#byPublic, publicEndpoint, isStatic ? ANYONE : this.#publicKey(madeFor), mapping);
  }

  /** Only for one that is not static. */
  remove({ insideEndpoint, publicEndpoint, madeFor }: Mapping): void {
    unfile(this.#byInside, insideEndpoint, this.#insideKey(madeFor));
    unfile(this.#byPublic, publicEndpoint, this.#publicKey(madeFor));
  }

  #insideKey(remoteEndpoint: number): number {
    if (this.#behaviour === 'endpoint-independent') return ANYONE;
    return this.#behaviour === 'address-dependent' ? addressOfEndpoint(remoteEndpoint) : remoteEndpoint;
  }

  #publicKey(remoteEndpoint: number): number {
    return this.#overlaps ? remoteEndpoint : ANYONE;
  }
}

type Rows = Map<number, Map<number, Mapping>>;

function find(rows: Rows, endpoint: number, key: number): Mapping | undefined {
  const row = rows.get(endpoint);
  return row?.get(ANYONE) ?? row?.get(key);
}

function file(rows: Rows, endpoint: number, key: number, mapping: Mapping): void {
  const row = rows.get(endpoint);
  if (row === undefined) rows.set(endpoint, new Map([[key, mapping]]));
  else row.set(key, mapping);
}

function unfile(rows: Rows, endpoint: number, key: number): void {
  const row = rows.get(endpoint);
  row?.delete(key);
  if (row?.size === 0) rows.delete(endpoint);
}
