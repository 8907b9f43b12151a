import { parseStored, type StoredAddress } from '../../core/net/stored-address.ts';
import type { FieldValue } from '../../core/ipfix/record-values.ts';
import type { Template } from '../../core/ipfix/template.ts';

const APPLICATION_ID = 95;
const APPLICATION_NAME = 96;
const DESTINATION_IPV4_ADDRESS = 12;
const DESTINATION_IPV6_ADDRESS = 28;
/** RFC 5612: the enterprise number for documentation; its element 1 is the name DNS gave. */
const DOCUMENTATION_ENTERPRISE = 32_473;
const DNS_NAME = 1;

/** Longest name that is kept: what DNS allows (RFC 1035 section 3.1). */
const MAX_NAME_LENGTH = 255;

/** A table the exporter sends as options: which field is the key, which the name. */
export interface OptionsTable {
  readonly kind: 'applications' | 'names';
  readonly keyIndex: number;
  readonly nameIndex: number;
}

/** The table an Options Template describes, or `undefined` when it is about something else. */
export function optionsTableOf(template: Template): OptionsTable | undefined {
  const indexOf = (enterpriseNumber: number, elementId: number): number =>
    template.fields.findIndex((field) => field.enterpriseNumber === enterpriseNumber && field.elementId === elementId);
  const applicationId = indexOf(0, APPLICATION_ID);
  const applicationName = indexOf(0, APPLICATION_NAME);
  if (applicationId >= 0 && applicationName >= 0) {
    return { kind: 'applications', keyIndex: applicationId, nameIndex: applicationName };
  }
  const address = Math.max(indexOf(0, DESTINATION_IPV4_ADDRESS), indexOf(0, DESTINATION_IPV6_ADDRESS));
  const name = indexOf(DOCUMENTATION_ENTERPRISE, DNS_NAME);
  if (address >= 0 && address < template.scopeFieldCount && name >= 0) {
    return { kind: 'names', keyIndex: address, nameIndex: name };
  }
  return undefined;
}

/** A key as a number: an address or an application id, however the codec shows it. */
export function keyOf(value: FieldValue | undefined): StoredAddress | undefined {
  if (typeof value === 'number') return Number.isInteger(value) && value >= 0 && value <= 0xffffffff ? value : undefined;
  if (typeof value === 'bigint') return value >= 0n && value <= 0xffffffffn ? Number(value) : undefined;
  if (typeof value === 'string') return parseStored(value);
  if (value instanceof Uint8Array && value.length === 4) return new DataView(value.buffer, value.byteOffset, 4).getUint32(0);
  return undefined;
}

/** A name without what a fixed-length field is padded with (RFC 7011 section 6.1.6 leaves that open; exporters send zeros). */
export function nameOf(value: FieldValue | undefined): string | undefined {
  const text = typeof value === 'string' ? value : value instanceof Uint8Array ? new TextDecoder().decode(value) : undefined;
  const name = text?.replace(/\0+$/, '');
  return name === undefined || name === '' || name.length > MAX_NAME_LENGTH ? undefined : name;
}
