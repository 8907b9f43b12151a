import type { CollectedBatch } from './collected-batch.ts';
import { hasWords } from './ip-version.ts';
import type { WideBatch } from './wide-batch.ts';

type Words = Uint32Array;

/** Whether anything came back. */
export const hasReverse = (batch: WideBatch, row: number): boolean =>
  batch.reverseOctetDeltaCount[row] !== 0 || batch.reversePacketDeltaCount[row] !== 0;

/**
 * Makes the row `to`, a copy of the biflow in row `from`, the flow of its other direction (RFC 5103 section 2): the packets that came back,
 * as they were before translation and after it.
 */
export function turnRow(biflows: WideBatch, from: number, batch: CollectedBatch, to: number): void {
  batch.octetDeltaCount[to] = biflows.reverseOctetDeltaCount[from] as number;
  batch.packetDeltaCount[to] = biflows.reversePacketDeltaCount[from] as number;
  batch.flowStartMs[to] = biflows.reverseFlowStartMs[from] || (biflows.flowStartMs[from] as number);
  batch.flowEndMs[to] = biflows.reverseFlowEndMs[from] || (biflows.flowEndMs[from] as number);
  batch.tcpControlBits[to] = biflows.reverseTcpControlBits[from] as number;
  batch.classOfService[to] = biflows.reverseClassOfService[from] as number;
  batch.flowEndReason[to] = biflows.reverseFlowEndReason[from] || (biflows.flowEndReason[from] as number);
  turnEnds(batch, to);
  // What was translated on its way out came back translated and was turned into what it had been.
  const isSourceTranslated = swapTranslated(batch, to, 'source');
  const isDestinationTranslated = swapTranslated(batch, to, 'destination');
  if (!isSourceTranslated && !isDestinationTranslated) return;
  const isIPv6 = hasWords(batch.sourceIPv6, to) || hasWords(batch.destinationIPv6, to);
  batch.ipVersion[to] = isIPv6 ? 6 : 4;
}

function turnEnds(batch: CollectedBatch, row: number): void {
  swap(batch.sourceAddress, batch.destinationAddress, row);
  swapWords(batch.sourceIPv6, batch.destinationIPv6, row);
  swap(batch.sourcePort, batch.destinationPort, row);
  swap(batch.postNatSourceAddress, batch.postNatDestinationAddress, row);
  swapWords(batch.postNatSourceIPv6, batch.postNatDestinationIPv6, row);
  swap(batch.postNaptSourcePort, batch.postNaptDestinationPort, row);
  swap(batch.ingressInterface, batch.egressInterface, row);
  swap(batch.ingressVrf, batch.egressVrf, row);
  swap(batch.sourceAs, batch.destinationAs, row);
  // 1 ingress, 2 egress, 0 not told.
  const direction = batch.flowDirection[row] as number;
  batch.flowDirection[row] = direction === 0 ? 0 : 3 - direction;
}

/** Puts the address after translation into the place of that before it, and the other way round, when there is one. */
function swapTranslated(batch: CollectedBatch, row: number, end: 'source' | 'destination'): boolean {
  const isSource = end === 'source';
  const after = isSource ? batch.postNatSourceAddress : batch.postNatDestinationAddress;
  const afterIPv6 = isSource ? batch.postNatSourceIPv6 : batch.postNatDestinationIPv6;
  const afterPort = isSource ? batch.postNaptSourcePort : batch.postNaptDestinationPort;
  if (afterPort[row] !== 0) swap(isSource ? batch.sourcePort : batch.destinationPort, afterPort, row);
  if (after[row] === 0 && !hasWords(afterIPv6, row)) return false;
  swap(isSource ? batch.sourceAddress : batch.destinationAddress, after, row);
  swapWords(isSource ? batch.sourceIPv6 : batch.destinationIPv6, afterIPv6, row);
  return true;
}

function swap(one: Uint32Array | Uint16Array, other: Uint32Array | Uint16Array, row: number): void {
  const value = one[row] as number;
  one[row] = other[row] as number;
  other[row] = value;
}

function swapWords(one: Words, other: Words, row: number): void {
  for (let word = 4 * row; word < 4 * row + 4; word++) swap(one, other, word);
}
