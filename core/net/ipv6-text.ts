import { formatIPv4, parseIPv4 } from './address.ts';

const GROUPS = 8;

/**
 * The text of an IPv6 address of 16 octets as RFC 5952 wants it: lower case, no leading zeros, the longest run of zero groups
 * (of two at least, the first of equals) as `::`, and IPv4-mapped addresses with a dotted end (section 5).
 */
export function formatIPv6(octets: Uint8Array): string {
  const groups = groupsOf(octets);
  if (groups[5] === 0xffff && groups.slice(0, 5).every((group) => group === 0)) {
    return `::ffff:${formatIPv4((groups[6] as number) * 65_536 + (groups[7] as number))}`;
  }
  return compress(groups);
}

/** As `formatIPv6`, but the end is never dotted: nothing is assumed of what an address is for. */
export const formatIPv6Groups = (octets: Uint8Array): string => compress(groupsOf(octets));

const groupsOf = (octets: Uint8Array): number[] =>
  Array.from({ length: GROUPS }, (_, index) => (octets[2 * index] as number) * 256 + (octets[2 * index + 1] as number));

function compress(groups: readonly number[]): string {
  const hex = groups.map((group) => group.toString(16));
  const { start, length } = longestZeroRun(groups);
  if (length < 2) return hex.join(':');
  return `${hex.slice(0, start).join(':')}::${hex.slice(start + length).join(':')}`;
}

function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let start = 0;
  groups.forEach((group, index) => {
    if (group !== 0) start = index + 1;
    else if (index + 1 - start > best.length) best = { start, length: index + 1 - start };
  });
  return best;
}

/** The 16 octets of an IPv6 address in any text form of RFC 4291 section 2.2, or `undefined`. */
export function parseIPv6(text: string): Uint8Array | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const groups = halves.map((half, index) => parseGroups(half, index === halves.length - 1));
  const [head, tail = []] = groups;
  if (head === undefined || groups.includes(undefined)) return undefined;
  const missing = GROUPS - head.length - (tail as number[]).length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const all = [...head, ...new Array<number>(missing).fill(0), ...(tail as number[])];
  return Uint8Array.from(all.flatMap((group) => [group >>> 8, group & 255]));
}

/** Groups between colons; the last ones of an address may be written as IPv4. */
function parseGroups(text: string, isEnd: boolean): number[] | undefined {
  if (text === '') return [];
  const parts = text.split(':');
  const last = parts.at(-1) as string;
  const ipv4 = isEnd && last.includes('.') ? parseIPv4(last) : undefined;
  if (ipv4 !== undefined) parts.pop();
  if (!parts.every((part) => /^[0-9a-fA-F]{1,4}$/.test(part))) return undefined;
  const groups = parts.map((part) => Number.parseInt(part, 16));
  return ipv4 === undefined ? groups : [...groups, ipv4 >>> 16, ipv4 & 0xffff];
}

/** The four 32-bit words of 16 octets, the most significant first. */
export function wordsOfIPv6(octets: Uint8Array): [number, number, number, number] {
  const view = new DataView(octets.buffer, octets.byteOffset);
  return [view.getUint32(0), view.getUint32(4), view.getUint32(8), view.getUint32(12)];
}
