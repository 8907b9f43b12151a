import { crc32 } from 'node:zlib';
import type { Datagram } from '../../collecting/datagram.ts';

/** Messages kept of either sort, those that came last: each is of 64 KiB at most. */
const MOST = 1_024;

const IPFIX = { version: 10, headOctets: 16 };
const V9 = { version: 9, headOctets: 20 };
/** Sets below it define Templates: 2 and 3 in IPFIX, 0 and 1 in NetFlow v9 (RFC 7011 section 3.3.2, RFC 3954 section 5.2). */
const FIRST_OTHER_SET = 4;

/**
 * The Messages that taught what must be known to decode those that come after: Templates and options, the latest of each. One that only says the
 * same again takes the place of the earlier one.
 */
export class KnownMessages {
  readonly #templates = new Map<string, Datagram>();
  readonly #options = new Map<string, Datagram>();

  /** A Message that taught something. Its payload may be written over afterwards. */
  add(datagram: Datagram, hasTemplates: boolean): void {
    const payload = datagram.payload.slice();
    const messages = hasTemplates ? this.#templates : this.#options;
    const key = `${datagram.source} ${domainOf(payload)} ${checksumOf(payload, hasTemplates)}`;
    messages.delete(key);
    messages.set(key, { ...datagram, payload });
    if (messages.size > MOST) messages.delete(messages.keys().next().value as string);
  }

  /** In an order in which they teach the same: options need their Templates. */
  get all(): Datagram[] {
    return [...this.#templates.values(), ...this.#options.values()];
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

/** Of all that defines Templates, or else of all that is behind the head: times and numbers change each time. */
function checksumOf(payload: Uint8Array, hasTemplates: boolean): number {
  const view = viewOf(payload);
  const from = headOctetsOf(view);
  if (!hasTemplates) return crc32(payload.subarray(from));
  let sum = 0;
  for (let at = from; at + 4 <= payload.length;) {
    const length = view.getUint16(at + 2);
    if (length < 4) break;
    if (view.getUint16(at) < FIRST_OTHER_SET) sum = crc32(payload.subarray(at, at + length), sum);
    at += length;
  }
  return sum;
}
