import { crc32 } from 'node:zlib';
import type { Datagram } from '../../collecting/datagram.ts';

/** Messages kept of either sort, and their octets: those that came last. */
const MOST = 1_024;
const MOST_OCTETS = 4_194_304;

const IPFIX = { version: 10, headOctets: 16 };
const V9 = { version: 9, headOctets: 20 };
/** Sets below it define Templates: 2 and 3 in IPFIX, 0 and 1 in NetFlow v9 (RFC 7011 section 3.3.2, RFC 3954 section 5.2). */
const FIRST_OTHER_SET = 4;
const SET_HEAD_OCTETS = 4;
/** Of the first record of options: what it is about comes first (RFC 7011 section 3.4.2.1), the figures behind it change. */
const SCOPE_OCTETS = 4;

/**
 * The Messages that taught what must be known to decode those that come after: Templates and options, the latest of each. One that only says the
 * same again takes the place of the earlier one.
 */
export class KnownMessages {
  readonly #templates = new Latest();
  readonly #options = new Latest();

  /** A Message that taught something. Its payload may be written over afterwards. */
  add(datagram: Datagram, hasTemplates: boolean): void {
    const payload = datagram.payload.slice();
    const messages = hasTemplates ? this.#templates : this.#options;
    const key = `${datagram.source} ${domainOf(payload)} ${checksumOf(payload, hasTemplates)}`;
    messages.set(key, { ...datagram, payload });
  }

  /** In an order in which they teach the same: options need their Templates. */
  get all(): Datagram[] {
    return [...this.#templates.all, ...this.#options.all];
  }
}

/** The latest Message of each key, in the order they came. */
class Latest {
  readonly #messages = new Map<string, Datagram>();
  #octets = 0;

  get all(): Iterable<Datagram> {
    return this.#messages.values();
  }

  set(key: string, message: Datagram): void {
    this.#forget(key);
    this.#messages.set(key, message);
    this.#octets += message.payload.length;
    while (this.#messages.size > MOST || this.#octets > MOST_OCTETS) this.#forget(this.#messages.keys().next().value as string);
  }

  #forget(key: string): void {
    this.#octets -= this.#messages.get(key)?.payload.length ?? 0;
    this.#messages.delete(key);
  }
}

const viewOf = ({ buffer, byteOffset, byteLength }: Uint8Array): DataView => new DataView(buffer, byteOffset, byteLength);

const headOctetsOf = (view: DataView): number => (view.getUint16(0) === V9.version ? V9.headOctets : IPFIX.headOctets);

/** The Observation Domain or Source ID: the last word of either head. */
function domainOf(payload: Uint8Array): number {
  const view = viewOf(payload);
  const end = headOctetsOf(view);
  return payload.length < end ? 0 : view.getUint32(end - 4);
}

/** Of all that defines Templates, or else of what the Sets are about: times and figures change each time. */
function checksumOf(payload: Uint8Array, hasTemplates: boolean): number {
  const view = viewOf(payload);
  const from = headOctetsOf(view);
  let sum = 0;
  for (let at = from; at + SET_HEAD_OCTETS <= payload.length;) {
    const length = view.getUint16(at + 2);
    if (length < SET_HEAD_OCTETS) break;
    const told = hasTemplates ? length : Math.min(length, SET_HEAD_OCTETS + SCOPE_OCTETS);
    if (!hasTemplates || view.getUint16(at) < FIRST_OTHER_SET) sum = crc32(payload.subarray(at, at + told), sum);
    at += length;
  }
  return sum;
}
