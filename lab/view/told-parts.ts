import type { Part } from '../../core/bytes/part.ts';
import { secondsWords } from '../../core/ntp/packet-words.ts';
import { NS_PER_MS, NS_PER_S } from '../../core/time/instant.ts';

/** What can be said of a part that its octets do not say. */
export type Told = Pick<Part, 'truth' | 'wrong'>;

/** The same parts with what `tell` says of those without parts of their own; `within` is what holds one. */
export function toldParts(part: Part, tell: (leaf: Part, within: Part) => Told | undefined, within = part): Part {
  if (part.parts === undefined) return { ...part, ...tell(part, within) };
  return { ...part, parts: part.parts.map((inner) => toldParts(inner, tell, part)) };
}

/** `2026-03-02 09:00:00.079812345 UTC`: an instant in nanoseconds since the epoch; what is lost beyond a double is left out. */
export function instantWords(epochUnixMs: number, ns: number): string {
  const seconds = Math.floor(ns / NS_PER_S);
  const epochS = Math.floor(epochUnixMs / 1_000);
  const rest = ns - seconds * NS_PER_S + (epochUnixMs - epochS * 1_000) * NS_PER_MS;
  const date = new Date((epochS + seconds + Math.floor(rest / NS_PER_S)) * 1_000);
  if (Number.isNaN(date.getTime())) return 'beyond what a date can be';
  const text = date.toISOString().replace('T', ' ').slice(0, -'.000Z'.length);
  return `${text}.${String(Math.round(rest % NS_PER_S)).padStart(9, '0')} UTC`;
}

/** How wrong a clock is: `79.8 ms ahead`. */
export function aheadWords(errorNs: number): string {
  if (Math.abs(errorNs) < 1_000) return 'right within a microsecond';
  return `${secondsWords(Math.abs(errorNs) / NS_PER_S)} ${errorNs > 0 ? 'ahead' : 'behind'}`;
}
