/** Field Length that stands for "the length is in the Data Record" (RFC 7011 section 7). */
export const VARIABLE_LENGTH = 65535;

/** The smallest Template ID and so the smallest Set ID of a Data Set (RFC 7011 section 3.4.1). */
export const FIRST_TEMPLATE_ID = 256;

/** Set IDs of Template Sets and Options Template Sets (RFC 7011 section 3.3.2). */
export const TEMPLATE_SET_ID = 2;
export const OPTIONS_TEMPLATE_SET_ID = 3;

/** One field of a Template Record (RFC 7011 section 3.2). */
export interface FieldSpecifier {
  /** Private Enterprise Number, 0 for an element of the IANA registry. */
  readonly enterpriseNumber: number;
  /** Without the enterprise bit: 1 to 32767. */
  readonly elementId: number;
  /** Octets, or `VARIABLE_LENGTH`. */
  readonly length: number;
}

/** A Template Record when `scopeFieldCount` is 0, else an Options Template Record whose first fields are the scope. */
export interface Template {
  readonly id: number;
  readonly fields: readonly FieldSpecifier[];
  readonly scopeFieldCount: number;
}

/** Octets of the shortest Data Record of these fields: a variable-length field takes at least its one octet of length. */
export const minimumRecordLength = (fields: readonly FieldSpecifier[]): number =>
  fields.reduce((octets, field) => octets + (field.length === VARIABLE_LENGTH ? 1 : field.length), 0);

/** Whether a Template sent again says the same: then nothing is to be done. */
export function isSameTemplate(one: Template, other: Template): boolean {
  if (one.scopeFieldCount !== other.scopeFieldCount || one.fields.length !== other.fields.length) return false;
  return one.fields.every((field, index) => {
    const twin = other.fields[index];
    return (
      twin !== undefined &&
      field.elementId === twin.elementId &&
      field.enterpriseNumber === twin.enterpriseNumber &&
      field.length === twin.length
    );
  });
}
