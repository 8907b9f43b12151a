import type { FieldSpecifier } from '../../core/ipfix/template.ts';

/** Element of IANA's registry, the column it fills and the longest form the column can hold. */
type Binding = readonly [elementId: number, column: string, maxLength: number];

const BINDINGS: readonly Binding[] = [
  [8, 'sourceAddress', 4],
  [12, 'destinationAddress', 4],
  [7, 'sourcePort', 2],
  [11, 'destinationPort', 2],
  [4, 'protocol', 1],
  [5, 'classOfService', 1],
  [6, 'tcpControlBits', 2],
  [10, 'ingressInterface', 4],
  [14, 'egressInterface', 4],
  [1, 'octetDeltaCount', 8],
  [2, 'packetDeltaCount', 8],
  [152, 'flowStartMs', 8],
  [153, 'flowEndMs', 8],
  [136, 'flowEndReason', 1],
  [225, 'postNatSourceAddress', 4],
  [226, 'postNatDestinationAddress', 4],
  [227, 'postNaptSourcePort', 2],
  [228, 'postNaptDestinationPort', 2],
  [95, 'applicationId', 4],
];

/** Not numbers: a shorter form would be another value (RFC 7011 section 6.2 shortens integers only; RFC 6759 section 4 puts the engine first). */
const FIXED_LENGTH = new Set([8, 12, 152, 153, 225, 226, 95]);

const BY_ELEMENT = new Map(BINDINGS.map((binding) => [binding[0], binding]));

/** The column a field fills; `undefined` when no column can hold it, then it is skipped. */
export function columnOf({ enterpriseNumber, elementId, length }: FieldSpecifier): string | undefined {
  const binding = enterpriseNumber === 0 ? BY_ELEMENT.get(elementId) : undefined;
  if (binding === undefined) return undefined;
  const [, column, maxLength] = binding;
  const fits = FIXED_LENGTH.has(elementId) ? length === maxLength : length >= 1 && length <= maxLength;
  return fits ? column : undefined;
}
