import { addressOfEndpoint, portOfEndpoint } from '../../core/net/endpoint-number.ts';
import type { NatEvent } from '../../core/net/nat-event.ts';
import { after, NS_PER_S, type TrueNs } from '../../core/time/instant.ts';
import { RecentMap } from '../../core/time/recent-map.ts';
import type { NatConfig } from './config.ts';
import type { Mapping, Session } from './mapping.ts';

/** Events that one packet after the other would cause: an exhausted NAT must not drown its collector. */
type LimitedEvent = Extract<NatEvent, { kind: 'addresses-exhausted' | 'ports-exhausted' | 'quota-exceeded' }>;

/** Tells the sink what the configuration asks for, and nothing when there is no sink. */
export class EventLog {
  readonly #sink: ((event: NatEvent) => void) | undefined;
  readonly #tellsSessions: boolean;
  readonly #tellsBindings: boolean;
  readonly #tellsAddresses: boolean;
  readonly #intervalNs: number;
  /** When a limited event may be told again, by what it is about. */
  readonly #quietUntil: RecentMap<string, TrueNs>;

  constructor({ natEvents, natAddressEvents, natEventIntervalS }: NatConfig, sink: ((event: NatEvent) => void) | undefined) {
    this.#sink = natEvents === 'off' ? undefined : sink;
    this.#tellsSessions = natEvents === 'sessions' || natEvents === 'both';
    this.#tellsBindings = natEvents === 'bindings' || natEvents === 'both';
    this.#tellsAddresses = natAddressEvents;
    this.#intervalNs = natEventIntervalS * NS_PER_S;
    this.#quietUntil = new RecentMap(this.#intervalNs);
  }

  get isOn(): boolean {
    return this.#sink !== undefined;
  }

  session(kind: 'session-create' | 'session-delete', at: TrueNs, { mapping, remoteEndpoint }: Session): void {
    if (this.#sink === undefined || !this.#tellsSessions) return;
    const remote = { remoteAddress: addressOfEndpoint(remoteEndpoint), remotePort: portOfEndpoint(remoteEndpoint) };
    this.#sink({ kind, at, ...translationOf(mapping), ...remote });
  }

  binding(kind: 'binding-create' | 'binding-delete', at: TrueNs, mapping: Mapping): void {
    if (this.#sink !== undefined && this.#tellsBindings) this.#sink({ kind, at, ...translationOf(mapping) });
  }

  address(kind: 'address-bind' | 'address-release', at: TrueNs, insideAddress: number, publicAddress: number): void {
    if (this.#sink !== undefined && this.#tellsAddresses) this.#sink({ kind, at, insideAddress, publicAddress });
  }

  report(event: NatEvent): void {
    this.#sink?.(event);
  }

  /** Reports it unless the same was reported a moment ago (RFC 8158 sections 4.6.5 and 4.6.6). */
  limited(event: LimitedEvent): void {
    if (this.#sink === undefined) return;
    const { at, ...what } = event;
    const subject = Object.values(what).join(' ');
    if (at < (this.#quietUntil.get(at, subject) ?? 0)) return;
    this.#quietUntil.set(at, subject, after(at, this.#intervalNs));
    this.#sink(event);
  }
}

const translationOf = ({ protocol, insideEndpoint, publicEndpoint }: Mapping) => ({
  protocol,
  insideAddress: addressOfEndpoint(insideEndpoint),
  insidePort: portOfEndpoint(insideEndpoint),
  publicAddress: addressOfEndpoint(publicEndpoint),
  publicPort: portOfEndpoint(publicEndpoint),
});
