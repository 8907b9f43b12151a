/** IPFIX Messages set by set, so that a test says itself what is in them. */

/** Octets of numbers, each in so many of them. */
export const numbers = (...values: readonly (readonly [value: number, octets: number])[]): number[] =>
  values.flatMap(([value, octets]) =>
    Array.from({ length: octets }, (_, at) => Math.floor(value / 2 ** (8 * (octets - 1 - at))) % 256),
  );

/** A Set (RFC 7011 section 3.3). */
export const set = (id: number, octets: readonly number[]): number[] => [...numbers([id, 2], [4 + octets.length, 2]), ...octets];

/** A Template Record, or with a scope an Options Template Record (sections 3.4.1 and 3.4.2). */
export const template = (id: number, fields: readonly (readonly [element: number, octets: number])[], scopes = 0): number[] => [
  ...numbers([id, 2], [fields.length, 2]),
  ...(scopes > 0 ? numbers([scopes, 2]) : []),
  ...fields.flatMap(([element, octets]) => numbers([element, 2], [octets, 2])),
];

/** A Message (section 3.1). */
export function message(
  sequenceNumber: number,
  sets: readonly (readonly number[])[],
  exportTimeS = 1_780_000_000,
  domain = 1,
): Uint8Array {
  const octets = sets.flat();
  return Uint8Array.from([
    ...numbers([10, 2], [16 + octets.length, 2], [exportTimeS, 4], [sequenceNumber, 4], [domain, 4]),
    ...octets,
  ]);
}
