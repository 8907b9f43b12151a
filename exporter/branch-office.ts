import { addressOfEndpoint, endpointNumber, portOfEndpoint } from '../core/net/endpoint-number.ts';
import { addressedTo } from '../core/net/icmp.ts';
import type { PacketTrain } from '../core/net/packet-train.ts';
import type { TrueNs } from '../core/time/instant.ts';
import type { Office } from './office/office.ts';
import type { Router } from './router.ts';

/** Who is told what became of each train: the lab's ledger. */
export interface TrafficObserver {
  /** The train passed the router; the internet sees it as `publicAddress:publicPort`. */
  passed(train: PacketTrain, publicAddress: number, publicPort: number): void;
  /** It came from outside for `publicAddress:publicPort`, and the router had nobody to give it to. */
  dropped(train: PacketTrain, publicAddress: number, publicPort: number): void;
  /** It never left the router, for want of a public port, or never was sent because what it answers never left. */
  refused(train: PacketTrain): void;
}

/** The office behind its router: what the people send goes out by it, what the servers answer comes in by the port they see. */
export class BranchOffice {
  readonly #office: Office;
  readonly #router: Router;
  readonly #observer: TrafficObserver | undefined;
  /** The public endpoint each connection's server answers to, by connection id: they are counted from 0. */
  readonly #publicEndpoints: number[] = [];

  constructor(office: Office, router: Router, observer?: TrafficObserver) {
    this.#office = office;
    this.#router = router;
    this.#observer = observer;
  }

  nextTimeout(): TrueNs | undefined {
    const office = this.#office.nextTimeout();
    const router = this.#router.nextTimeout();
    return office !== undefined && office < router ? office : router;
  }

  /** Sends what is due through the router, then does what is due in it. Messages wait in `poll`. */
  handleTimeout(now: TrueNs): void {
    this.#office.handleTimeout(now);
    for (let train = this.#office.poll(); train !== undefined; train = this.#office.poll()) this.#forward(now, train);
    this.#router.handleTimeout(now);
  }

  /** The next IPFIX Message to send, or `undefined`. */
  poll(): Uint8Array | undefined {
    return this.#router.poll();
  }

  /** Ends every flow and makes everything ready to be sent, as on shutdown. */
  flush(now: TrueNs): void {
    this.#router.flush(now);
  }

  #forward(now: TrueNs, train: PacketTrain): void {
    const { connection } = train;
    const { id, about, calledAddress, calledPort } = connection;
    const isUp = train.direction === 'up';
    const called = calledAddress === 0 ? undefined : endpointNumber(calledAddress, calledPort);
    const endpoint = isUp ? this.#router.forwardOut(now, train) : (this.#publicEndpoints[about?.id ?? id] ?? called ?? -1);
    if (endpoint < 0) return this.#observer?.refused(train);
    const passes = isUp || this.#router.forwardIn(now, train, endpoint);
    if (isUp) this.#publicEndpoints[id] = endpoint;
    const became = passes ? 'passed' : 'dropped';
    const seen = isUp ? endpoint : addressedTo(connection, endpoint);
    this.#observer?.[became](train, addressOfEndpoint(seen), portOfEndpoint(seen));
  }
}
