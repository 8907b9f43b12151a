import type { AbstractDataType } from '../ipfix/registry/information-element.ts';
import { elementById } from '../ipfix/registry/registry.ts';

/** Name and type of a field of NetFlow v9. */
export interface V9Element {
  readonly name: string;
  readonly dataType: AbstractDataType;
}

/** Scope Field Types (RFC 3954 section 6.1). */
const SCOPES = ['System', 'Interface', 'LineCard', 'Cache', 'Template'] as const;

/** Types beyond the 15 bits of IPFIX that Cisco's ASA sends: "Implementation Note for NetFlow Collectors", NSEL. */
const SECURITY_EVENTS: ReadonlyMap<number, V9Element> = new Map<number, V9Element>([
  [33_000, { name: 'NF_F_INGRESS_ACL_ID', dataType: 'octetArray' }],
  [33_001, { name: 'NF_F_EGRESS_ACL_ID', dataType: 'octetArray' }],
  [33_002, { name: 'NF_F_FW_EXT_EVENT', dataType: 'unsigned16' }],
  [40_000, { name: 'NF_F_USERNAME', dataType: 'string' }],
  [40_001, { name: 'NF_F_XLATE_SRC_ADDR_IPV4', dataType: 'ipv4Address' }],
  [40_002, { name: 'NF_F_XLATE_DST_ADDR_IPV4', dataType: 'ipv4Address' }],
  [40_003, { name: 'NF_F_XLATE_SRC_PORT', dataType: 'unsigned16' }],
  [40_004, { name: 'NF_F_XLATE_DST_PORT', dataType: 'unsigned16' }],
  [40_005, { name: 'NF_F_FW_EVENT', dataType: 'unsigned8' }],
]);

/** A Field Type of RFC 3954 section 8; the first 127 are IANA's elements, which took them over. `undefined` when not known. */
export const v9Element = (type: number): V9Element | undefined => SECURITY_EVENTS.get(type) ?? elementById(0, type);

/** A Scope Field Type. One beyond those of RFC 3954 has only its number. */
export const v9Scope = (type: number): V9Element => ({ name: `scope.${SCOPES[type - 1] ?? type}`, dataType: 'unsigned32' });
