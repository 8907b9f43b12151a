import { expect } from 'vitest';
import type { Part } from '../../core/bytes/part.ts';

/** Parts without parts of their own, in their order. */
export const leavesOf = (part: Part): Part[] => (part.parts === undefined ? [part] : part.parts.flatMap(leavesOf));

/** The part and all within it. */
export const allOf = (part: Part): Part[] => [part, ...(part.parts ?? []).flatMap(allOf)];

/** The law: parts lie in their part in order, without a gap and without an end before a beginning, and so each octet is in one leaf. */
export function expectWhole(part: Part, octets: number): void {
  expect([part.from, part.to, leavesOf(part).reduce((sum, { from, to }) => sum + to - from, 0)]).toEqual([0, octets, octets]);
  expect(gapsIn(part)).toEqual([]);
}

/** Where the parts of a part do not fill it, or the bits of one. */
function gapsIn({ name, from, to, parts, bits }: Part): string[] {
  const gaps: string[] = [];
  let at = from;
  for (const child of parts ?? []) {
    if (child.from !== at || child.to < child.from) gaps.push(`${child.name} is at ${child.from} to ${child.to}, not ${at}`);
    at = child.to;
    gaps.push(...gapsIn(child));
  }
  if (parts !== undefined && at !== to) gaps.push(`${name} ends at ${to}, what is in it at ${at}`);
  const width = bits?.reduce((sum, bit) => sum + bit.width, 0);
  if (width !== undefined && width !== 8 * (to - from)) gaps.push(`${name} has ${width} bits in ${to - from} octets`);
  return gaps;
}
