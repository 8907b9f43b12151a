import { elementByName } from '../../core/ipfix/registry/registry.ts';
import {
  FLOW_FIELDS,
  PLAIN_IPV4,
  wireFieldOf,
  type FlowFieldName,
  type FlowKind,
  type Timestamps,
  type WireField,
} from './flow-fields.ts';

/** A field of `exporting.fields`: its name, and its octets when they are fewer than the element's own. */
export interface ListedField {
  readonly name: FlowFieldName;
  readonly octets: number | undefined;
}

/** Reads `octetDeltaCount` or `octetDeltaCount:4`; a sentence when it is no field. */
export function parseField(text: string): ListedField | string {
  const [, name = '', octets] = /^([A-Za-z0-9]+)(?::([1-8]))?$/.exec(text) ?? [];
  if (!Object.hasOwn(FLOW_FIELDS, name)) return `is no field: known are ${Object.keys(FLOW_FIELDS).join(', ')}`;
  const listed = { name: name as FlowFieldName, octets: octets === undefined ? undefined : Number(octets) };
  const wire = wireFieldOf(listed.name, PLAIN_IPV4, 'milliseconds');
  if (listed.octets === undefined || (wire !== undefined && isReduced(wire, listed.octets))) return listed;
  return `is not possible: only integers may have fewer octets than ${wire?.length ?? 0} (RFC 7011 section 6.2)`;
}

/** The fields of a list that the Template of these flows has, with the octets they were given. */
export function wireFieldsOf(fields: readonly ListedField[], kind: FlowKind, timestamps: Timestamps): WireField[] {
  return fields.flatMap(({ name, octets }) => {
    const wire = wireFieldOf(name, kind, timestamps);
    return wire === undefined ? [] : [{ ...wire, length: octets ?? wire.length }];
  });
}

/** Whether the field cannot be told in NetFlow v9: it belongs to an enterprise, as all of RFC 5103 do. */
export const isIpfixOnly = ({ name }: ListedField): boolean => {
  const wire = wireFieldOf(name, PLAIN_IPV4, 'milliseconds');
  return wire !== undefined && elementByName(wire.element)?.enterpriseNumber !== 0;
};

const isReduced = ({ element, length }: WireField, octets: number): boolean =>
  octets <= length && elementByName(element)?.dataType.startsWith('unsigned') === true;
