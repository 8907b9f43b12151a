import type { CollectedBatch } from './collected-batch.ts';

/** What a Template tells of the IP version of its records: it is always that one, or each record must be looked at. */
export type TemplateIPVersion = 4 | 6 | 'of-record';

/** `columns` are those its decoder fills. */
export function templateIPVersion(columns: readonly string[]): TemplateIPVersion {
  const isIPv4 = columns.includes('sourceAddress') || columns.includes('destinationAddress');
  const isIPv6 = columns.includes('sourceIPv6') || columns.includes('destinationIPv6');
  if (columns.includes('ipVersion') || isIPv4 === isIPv6) return 'of-record';
  return isIPv4 ? 4 : 6;
}

/**
 * Sets the IP version of the rows from `from` on: as sent in element 60, else that of the addresses, of which a Template may have
 * both sorts with zeros in one; 0 for a record that tells of neither.
 */
export function completeIPVersion(batch: CollectedBatch, from: number, version: TemplateIPVersion): void {
  const { length, ipVersion, sourceAddress, destinationAddress, sourceIPv6, destinationIPv6 } = batch;
  if (version !== 'of-record') return void ipVersion.fill(version, from, length);
  for (let row = from; row < length; row++) {
    if (ipVersion[row] === 4 || ipVersion[row] === 6) continue;
    const isIPv6 = hasWords(sourceIPv6, row) || hasWords(destinationIPv6, row);
    ipVersion[row] = isIPv6 ? 6 : sourceAddress[row] !== 0 || destinationAddress[row] !== 0 ? 4 : 0;
  }
}

/** Whether the row of a column of IPv6 addresses has one. */
export const hasWords = (words: Uint32Array, row: number): boolean =>
  words[4 * row] !== 0 || words[4 * row + 1] !== 0 || words[4 * row + 2] !== 0 || words[4 * row + 3] !== 0;
