import type { FieldSpecifier } from '../../core/ipfix/template.ts';

/** Element of IANA's registry, the column it fills and the longest form the column can hold. */
type Binding = readonly [elementId: number, column: string, maxLength: number];

const BINDINGS: readonly Binding[] = [
  [60, 'ipVersion', 1],
  [8, 'sourceAddress', 4],
  [12, 'destinationAddress', 4],
  [27, 'sourceIPv6', 16],
  [28, 'destinationIPv6', 16],
  [7, 'sourcePort', 2],
  [11, 'destinationPort', 2],
  [4, 'protocol', 1],
  [5, 'classOfService', 1],
  [6, 'tcpControlBits', 2],
  [10, 'ingressInterface', 4],
  [14, 'egressInterface', 4],
  [1, 'octetDeltaCount', 8],
  [2, 'packetDeltaCount', 8],
  // Times in any unit: the decoder turns them into milliseconds since 1970.
  [152, 'flowStartMs', 8],
  [153, 'flowEndMs', 8],
  [150, 'flowStartMs', 4],
  [151, 'flowEndMs', 4],
  [154, 'flowStartMs', 8],
  [155, 'flowEndMs', 8],
  [156, 'flowStartMs', 8],
  [157, 'flowEndMs', 8],
  [136, 'flowEndReason', 1],
  [225, 'postNatSourceAddress', 4],
  [226, 'postNatDestinationAddress', 4],
  [281, 'postNatSourceIPv6', 16],
  [282, 'postNatDestinationIPv6', 16],
  [227, 'postNaptSourcePort', 2],
  [228, 'postNaptDestinationPort', 2],
  [95, 'applicationId', 4],
];

/** A shorter one is another value: RFC 6759 section 4 puts the engine into the first octet. */
const APPLICATION_ID = 95;

const BY_ELEMENT = new Map(BINDINGS.map((binding) => [binding[0], binding]));

/** The column a field fills; `undefined` when no column can hold it, then it is skipped. */
export function columnOf({ enterpriseNumber, elementId, length }: FieldSpecifier): string | undefined {
  const binding = enterpriseNumber === 0 ? BY_ELEMENT.get(elementId) : undefined;
  if (binding === undefined) return undefined;
  const [, column, maxLength] = binding;
  return length > maxLength || (elementId === APPLICATION_ID && length !== maxLength) ? undefined : column;
}
