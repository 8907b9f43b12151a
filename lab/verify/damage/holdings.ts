import { isIPv6 } from '../../../core/net/address-book.ts';
import { endpointNumber } from '../../../core/net/endpoint-number.ts';
import { lastInstant } from '../count.ts';
import { NOBODY, type Ledger } from '../ledger.ts';

/** What kind of thing a lent address is; public endpoints go by their protocol. */
const LENT = -1;

/** A stretch in which something was used by one holder alone: nobody else began to in between. */
interface Holding {
  readonly fromNs: number;
  lastNs: number;
  readonly holder: number;
}

/**
 * Who used what when: public endpoints by their trains, as a log of the NAT would have it. Each thing is a number. Between two uses
 * it is the nearer one's, since nobody asks for an instant more exact than clocks are.
 */
export class Holdings {
  readonly #numbers = new Map<number, Map<number, number>>();
  readonly #holdings: Holding[][] = [];
  /** For each holding the one up to it that was used last: what ended long ago need not be looked at. */
  readonly #latest: Holding[][] = [];

  /** Notes a use; those of one thing in the order they began. Returns the number of the thing. */
  use(kind: number, thing: number, holder: number, fromNs: number, lastNs: number): number {
    const number = this.#numberOf(kind, thing);
    const holdings = this.#holdings[number] as Holding[];
    const latest = this.#latest[number] as Holding[];
    const last = holdings.at(-1);
    const holding = last?.holder === holder ? last : { fromNs, lastNs, holder };
    holding.lastNs = Math.max(holding.lastNs, lastNs);
    if (holding !== last) latest.push(latest.at(-1) ?? holding);
    if (holding !== last) holdings.push(holding);
    if (holding.lastNs >= (latest.at(-1) as Holding).lastNs) latest[latest.length - 1] = holding;
    return number;
  }

  /** Whether `holder` is who used it at the instant, one of those who did at once (RFC 7857 section 3), or whoever's use is nearest. */
  isOf(number: number, holder: number, instant: number): boolean {
    const holdings = this.#holdings[number] as Holding[];
    const latest = this.#latest[number] as Holding[];
    const begun = begunBy(holdings, instant);
    const before = latest[begun - 1];
    const next = holdings[begun];
    if (before === undefined || before.lastNs < instant) {
      const isNext = next !== undefined && (before === undefined || next.fromNs - instant < instant - before.lastNs);
      return (isNext ? next : before)?.holder === holder;
    }
    for (let index = begun - 1; index >= 0 && (latest[index] as Holding).lastNs >= instant; index--) {
      const holding = holdings[index] as Holding;
      if (holding.lastNs >= instant && holding.holder === holder) return true;
    }
    return false;
  }

  /** Who used it at the instant, of several the one who began last; `undefined` when nobody did. */
  holderAt(number: number, instant: number): number | undefined {
    const holdings = this.#holdings[number] as Holding[];
    const latest = this.#latest[number] as Holding[];
    for (let index = begunBy(holdings, instant) - 1; index >= 0 && (latest[index] as Holding).lastNs >= instant; index--) {
      const { lastNs, holder } = holdings[index] as Holding;
      if (lastNs >= instant) return holder;
    }
    return undefined;
  }

  /** The number of a thing that was used, else -1. */
  find(kind: number, thing: number): number {
    return this.#numbers.get(kind)?.get(thing) ?? -1;
  }

  #numberOf(kind: number, thing: number): number {
    let numbers = this.#numbers.get(kind);
    if (numbers === undefined) this.#numbers.set(kind, (numbers = new Map()));
    let number = numbers.get(thing);
    if (number === undefined) {
      number = this.#holdings.push([]) - 1;
      this.#latest.push([]);
      numbers.set(thing, number);
    }
    return number;
  }
}

/** How many of them have begun by the instant. */
function begunBy(holdings: readonly Holding[], instant: number): number {
  let low = 0;
  let high = holdings.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((holdings[middle] as Holding).fromNs <= instant) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** An inside address that was lent to a device: from an instant until another, which is not part of it. */
export interface LentAddress {
  readonly device: number;
  readonly address: number;
  readonly fromNs: number;
  readonly toNs: number;
}

/** The holdings of the addresses that are lent, by a DHCP server's log in the order of its times, and each record's number there. */
export function lendings(
  insideAddress: Float64Array,
  log: readonly LentAddress[],
): { readonly leases: Holdings; readonly lease: Int32Array } {
  const leases = new Holdings();
  for (const { device, address, fromNs, toNs } of log) leases.use(LENT, address, device, fromNs, toNs - 1);
  return { leases, lease: Int32Array.from(insideAddress, (address) => leases.find(LENT, address)) };
}

/** The public endpoint a train went through, by its number in holdings, and who used it. */
export interface Use {
  /** -1 for what is not translated or went to nobody. */
  readonly endpoint: number;
  readonly holder: number;
}

/**
 * The holdings of every public endpoint, by the ledger of whoever translates, and by them the use of each train of `ledger`, which may be
 * of somebody else who sees public endpoints alone.
 */
export function endpointUses(
  ledger: Ledger,
  translator: Ledger,
): { readonly holdings: Holdings; readonly useOf: (train: number) => Use } {
  const { holdings, endpointOf } = endpointHoldings(translator);
  const { connections, trains } = ledger;
  const useOf = (train: number): Use => {
    const connection = trains.connection.at(train);
    const holder = connections.insideAddress.at(connection);
    if (ledger === translator) return { endpoint: endpointOf[train] as number, holder };
    const number = endpointNumber(trains.publicAddress.at(train), trains.publicPort.at(train));
    const endpoint = isIPv6(holder) ? -1 : holdings.find(connections.protocol.at(connection), number);
    const user = endpoint < 0 ? undefined : holdings.holderAt(endpoint, trains.startNs.at(train));
    return user === undefined ? { endpoint: -1, holder } : { endpoint, holder: user };
  };
  return { holdings, useOf };
}

function endpointHoldings(ledger: Ledger): { readonly holdings: Holdings; readonly endpointOf: Int32Array } {
  const { connections, trains } = ledger;
  const holdings = new Holdings();
  const endpointOf = new Int32Array(ledger.length).fill(-1);
  const starts = Float64Array.from({ length: ledger.length }, (_, train) => trains.startNs.at(train));
  const order = Uint32Array.from(starts, (_, train) => train).sort(
    (one, other) => (starts[one] as number) - (starts[other] as number) || one - other,
  );
  for (const train of order) {
    const connection = trains.connection.at(train);
    const address = trains.publicAddress.at(train);
    if (connections.device.at(connection) === NOBODY || isIPv6(address)) continue;
    endpointOf[train] = holdings.use(
      connections.protocol.at(connection),
      endpointNumber(address, trains.publicPort.at(train)),
      connections.insideAddress.at(connection),
      starts[train] as number,
      lastInstant(ledger, train),
    );
  }
  return { holdings, endpointOf };
}
