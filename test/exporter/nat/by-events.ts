import { expect } from 'vitest';
import { endpointNumber } from '../../../core/net/endpoint-number.ts';
import type { NatEvent } from '../../../core/net/nat-event.ts';
import { NS_PER_S } from '../../../core/time/instant.ts';

/** What the events so far say is alive; every create must be of something that is not, every delete of something that is. */
export class ByEvents {
  readonly sessions = new Set<string>();
  readonly bindings = new Set<string>();
  readonly blocks = new Map<string, Extract<NatEvent, { kind: 'port-block-allocate' | 'port-block-release' }>>();
  /** The public address of each inside one, where that is told. */
  readonly addresses = new Map<number, number>();
  readonly deleted: string[] = [];
  lastAt = 0;

  take(event: NatEvent): void {
    expect(event.at).toBeGreaterThanOrEqual(this.lastAt);
    this.lastAt = event.at;
    switch (event.kind) {
      case 'session-create':
        return this.#create(this.sessions, sessionName(event));
      case 'session-delete':
        this.deleted.push(`${sessionName(event)} at ${event.at / NS_PER_S}`);
        return this.#delete(this.sessions, sessionName(event));
      case 'binding-create':
        return this.#create(this.bindings, bindingName(event));
      case 'binding-delete':
        return this.#delete(this.bindings, bindingName(event));
      case 'address-bind':
        expect(this.addresses.has(event.insideAddress)).toBe(false);
        return void this.addresses.set(event.insideAddress, event.publicAddress);
      case 'address-release':
        expect(this.addresses.get(event.insideAddress)).toBe(event.publicAddress);
        return void this.addresses.delete(event.insideAddress);
      case 'port-block-allocate':
        expect(this.blocks.has(`${event.publicAddress} ${event.firstPort}`)).toBe(false);
        return void this.blocks.set(`${event.publicAddress} ${event.firstPort}`, event);
      case 'port-block-release':
        expect(this.blocks.get(`${event.publicAddress} ${event.firstPort}`)?.insideAddress).toBe(event.insideAddress);
        return void this.blocks.delete(`${event.publicAddress} ${event.firstPort}`);
    }
  }

  #create(alive: Set<string>, name: string): void {
    expect(alive).not.toContain(name);
    alive.add(name);
  }

  #delete(alive: Set<string>, name: string): void {
    expect(alive).toContain(name);
    alive.delete(name);
  }
}

type Named = Extract<NatEvent, { kind: 'binding-create' | 'binding-delete' | 'session-create' | 'session-delete' }>;
const bindingName = ({ protocol, insideAddress, insidePort, publicAddress, publicPort }: Named): string =>
  `${protocol} ${endpointNumber(insideAddress, insidePort)} ${endpointNumber(publicAddress, publicPort)}`;
const sessionName = (event: Extract<Named, { kind: 'session-create' | 'session-delete' }>): string =>
  `${bindingName(event)} ${endpointNumber(event.remoteAddress, event.remotePort)}`;
