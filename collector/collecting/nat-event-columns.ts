import type { FieldSpecifier, Template } from '../../core/ipfix/template.ts';

const NAT_EVENT = 230;
/** Octet counts in deltas, in totals, and of initiator and responder: what has one of them is a flow. */
const OCTET_COUNTS = new Set([1, 85, 231, 232]);

/** Element of IANA's registry, the column it fills and the longest form the column can hold. */
const BINDINGS = new Map<number, readonly [column: string, maxLength: number]>([
  // The observation time in any unit: the decoder turns it into milliseconds since 1970.
  [322, ['observationTimeMs', 4]],
  [323, ['observationTimeMs', 8]],
  [324, ['observationTimeMs', 8]],
  [325, ['observationTimeMs', 8]],
  [NAT_EVENT, ['natEvent', 1]],
  [4, ['protocol', 1]],
  [8, ['insideAddress', 4]],
  [27, ['insideIPv6', 16]],
  [7, ['insidePort', 2]],
  [225, ['publicAddress', 4]],
  [227, ['publicPort', 2]],
  [12, ['remoteAddress', 4]],
  [28, ['remoteIPv6', 16]],
  [11, ['remotePort', 2]],
  [361, ['portRangeStart', 2]],
  [362, ['portRangeEnd', 2]],
  [363, ['portRangeStepSize', 2]],
  [364, ['portRangeNumPorts', 2]],
  [283, ['natPoolId', 4]],
  [466, ['natQuotaExceededEvent', 4]],
  [467, ['natThresholdEvent', 4]],
]);

/** Whether records of the Template are NAT events (RFC 8158 section 4.6): a natEvent, and nothing that was counted. */
export const describesNatEvents = ({ fields }: Template): boolean =>
  has(fields, (elementId) => elementId === NAT_EVENT) && !has(fields, (elementId) => OCTET_COUNTS.has(elementId));

const has = (fields: readonly FieldSpecifier[], test: (elementId: number) => boolean): boolean =>
  fields.some(({ enterpriseNumber, elementId }) => enterpriseNumber === 0 && test(elementId));

/** The column of a `NatEventBatch` a field fills; `undefined` when no column can hold it, then it is skipped. */
export function natEventColumnOf({ enterpriseNumber, elementId, length }: FieldSpecifier): string | undefined {
  const binding = enterpriseNumber === 0 ? BINDINGS.get(elementId) : undefined;
  return binding === undefined || length > binding[1] ? undefined : binding[0];
}
