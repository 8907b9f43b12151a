/** A value as JSON has it. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * What makes `to` of `from`, as JSON Merge Patch (RFC 7396): arrays are replaced as a whole. `undefined` when no patch can: `null` in a patch
 * removes, so a member cannot become `null`.
 */
export function mergePatch(from: JsonObject, to: JsonObject): JsonObject | undefined {
  const patch: [string, Json][] = [];
  for (const key of Object.keys(from)) if (!Object.hasOwn(to, key)) patch.push([key, null]);
  for (const [key, value] of Object.entries(to)) {
    const before = Object.hasOwn(from, key) ? from[key] : undefined;
    if (before !== undefined && isSame(before, value)) continue;
    if (!isJsonObject(value)) {
      if (value === null) return undefined;
      patch.push([key, value]);
      continue;
    }
    const inner = mergePatch(isJsonObject(before) ? before : {}, value);
    if (inner === undefined) return undefined;
    patch.push([key, inner]);
  }
  // Unlike an assignment, this takes a key "__proto__" for a key.
  return Object.fromEntries(patch);
}

/** Whether two values are one in JSON, whatever the order of members. */
function isSame(one: Json, other: Json): boolean {
  if (one === other) return true;
  if (Array.isArray(one)) return Array.isArray(other) && one.length === other.length && one.every((each, index) => isSame(each as Json, other[index] as Json)); // prettier-ignore
  if (!isJsonObject(one) || !isJsonObject(other)) return false;
  const keys = Object.keys(one);
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => Object.hasOwn(other, key) && isSame(one[key] as Json, other[key] as Json))
  );
}
