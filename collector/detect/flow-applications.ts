import type { StoredAddress } from '../../core/net/stored-address.ts';
import { PROTOCOL_TCP, PROTOCOL_UDP } from '../../core/net/packet-train.ts';
import type { Application } from '../query/catalogue.ts';
import type { Exporter } from '../store/flow-store.ts';
import type { Office } from './office.ts';

const PORTS = 2 ** 16;

/** What the flows of an exporter are for. Flows that are alike are looked up once a batch, as names may come between two. */
export class FlowApplications {
  readonly #office: Office;
  readonly #exporter: Exporter;
  /** By the exporter's id; `undefined` of one that it did not name. */
  readonly #exported = new Map<number, Application | undefined>();
  /** By the server's number, its port and the protocol. */
  readonly #classified = new Map<number, Application>();

  constructor(office: Office, exporter: Exporter) {
    this.#office = office;
    this.#exporter = exporter;
  }

  /** Forgets what was looked up. */
  clear(): void {
    this.#exported.clear();
    this.#classified.clear();
  }

  /** `id`: RFC 6759, 0 when not told. `server` is a number of `AddressNumbers`, whose address is asked when it is needed. */
  of(
    id: number,
    server: number,
    protocol: number,
    serverPort: number,
    addressOf: (server: number) => StoredAddress,
  ): Application {
    const exported = id === 0 ? undefined : this.#exportedBy(id);
    if (exported !== undefined) return exported;
    const isKept = protocol === PROTOCOL_TCP || protocol === PROTOCOL_UDP;
    const key = (2 * server + (protocol === PROTOCOL_TCP ? 1 : 0)) * PORTS + serverPort;
    const known = isKept ? this.#classified.get(key) : undefined;
    if (known !== undefined) return known;
    const application = this.#office.classify({ serverAddress: addressOf(server), protocol, serverPort });
    if (isKept) this.#classified.set(key, application);
    return application;
  }

  #exportedBy(id: number): Application | undefined {
    const known = this.#exported.get(id);
    if (known !== undefined || this.#exported.has(id)) return known;
    const { address, observationDomainId } = this.#exporter;
    const application = this.#office.exportedApplication(address, observationDomainId, id);
    this.#exported.set(id, application);
    return application;
  }
}
