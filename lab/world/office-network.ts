import type { PacketTrain } from '../../core/net/packet-train.ts';
import type { TrueNs } from '../../core/time/instant.ts';
import type { Office } from '../../exporter/office/office.ts';
import type { Router } from '../../exporter/router.ts';
import type { Actor } from '../kernel/kernel.ts';
import type { Ledger } from '../verify/ledger.ts';

/** The office's packets on their way through the router, with the ledger beside it. */
export class OfficeNetwork implements Actor {
  readonly #office: Office;
  readonly #router: Router;
  readonly #ledger: Ledger;
  readonly #publicAddress: number;
  /** The port each connection's server answers to. */
  readonly #publicPorts = new Map<number, number>();
  readonly #exported: (now: TrueNs) => void;

  /** `exported` is called when the router may have Messages to send. */
  constructor(office: Office, router: Router, ledger: Ledger, publicAddress: number, exported: (now: TrueNs) => void) {
    this.#office = office;
    this.#router = router;
    this.#ledger = ledger;
    this.#publicAddress = publicAddress;
    this.#exported = exported;
  }

  nextTimeout(): TrueNs | undefined {
    return this.#office.nextTimeout();
  }

  wake(now: TrueNs): void {
    this.#office.handleTimeout(now);
    for (let train = this.#office.poll(); train !== undefined; train = this.#office.poll()) this.#forward(now, train);
    this.#exported(now);
  }

  #forward(now: TrueNs, train: PacketTrain): void {
    const { id } = train.connection;
    const isUp = train.direction === 'up';
    const publicPort = isUp ? this.#router.forwardOut(now, train) : (this.#publicPorts.get(id) ?? -1);
    const passed = publicPort >= 0 && (isUp || this.#router.forwardIn(now, train, publicPort));
    if (!passed) return this.#ledger.refuse(train);
    if (isUp) this.#publicPorts.set(id, publicPort);
    this.#ledger.passed(train, this.#publicAddress, publicPort);
  }
}
