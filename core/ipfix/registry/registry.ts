import { ELEMENT_ROWS } from './information-elements.generated.ts';
import type { ElementRow, InformationElement } from './information-element.ts';

/** The enterprise number that turns an IANA element into its reverse twin (RFC 5103 section 6.1). */
export const REVERSE_ENTERPRISE_NUMBER = 29305;

const ELEMENT_ID_COUNT = 32_768;
const REVERSE_PREFIX = 'reverse';

const byId = new Map<number, InformationElement>();
const byName = new Map<string, InformationElement>();

/** Enterprise numbers have 32 bits and element ids 15, so both fit into one safe integer. */
const keyOf = (enterpriseNumber: number, elementId: number): number => enterpriseNumber * ELEMENT_ID_COUNT + elementId;

function load([enterpriseNumber, elementId, name, dataType, semantics]: ElementRow): void {
  const element: InformationElement = { enterpriseNumber, elementId, name, dataType, semantics };
  byId.set(keyOf(enterpriseNumber, elementId), element);
  // Enterprises share some names among them; IANA comes first in the table and so wins.
  if (!byName.has(name)) byName.set(name, element);
}

ELEMENT_ROWS.forEach(load);

/**
 * The element with this number, or `undefined` when the table does not know it. Enterprise 29305 gives the reverse twin of
 * each IANA element, named as in RFC 5103: `reverseOctetDeltaCount`.
 */
export function elementById(enterpriseNumber: number, elementId: number): InformationElement | undefined {
  if (enterpriseNumber !== REVERSE_ENTERPRISE_NUMBER) return byId.get(keyOf(enterpriseNumber, elementId));
  const forward = byId.get(keyOf(0, elementId));
  return forward && reverseOf(forward);
}

/**
 * The element of this name, or `undefined`; `reverse` before the name of an IANA element gives its reverse twin. A name that
 * several enterprises use belongs to the first in the table.
 */
export function elementByName(name: string): InformationElement | undefined {
  const element = byName.get(name);
  if (element !== undefined || !name.startsWith(REVERSE_PREFIX)) return element;
  const rest = name.slice(REVERSE_PREFIX.length);
  // Some names begin with a capital themselves: VRFname.
  const forward = byName.get(rest.charAt(0).toLowerCase() + rest.slice(1)) ?? byName.get(rest);
  if (forward?.enterpriseNumber !== 0) return undefined;
  const reverse = reverseOf(forward);
  return reverse.name === name ? reverse : undefined;
}

const reverseOf = (forward: InformationElement): InformationElement => ({
  ...forward,
  enterpriseNumber: REVERSE_ENTERPRISE_NUMBER,
  name: REVERSE_PREFIX + forward.name.charAt(0).toUpperCase() + forward.name.slice(1),
});
