import type { JudgedRecords, Telling } from './judged-records.ts';

/** The first records of both directions of a connection, as rows: what went out and what came in. */
export interface Pair {
  readonly out: number;
  readonly back: number;
}

/** Of every connection that has records of both directions. */
export function pairsOf({ length, conversation, startNs }: Omit<JudgedRecords, 'pairs'>): Pair[] {
  const first = new Map<number, number>();
  for (let row = 0; row < length; row++) {
    const known = first.get(conversation[row] as number);
    if (known === undefined || (startNs[row] as number) < (startNs[known] as number)) first.set(conversation[row] as number, row);
  }
  return [...first].flatMap(([key, out]) => {
    const back = key % 2 === 0 ? first.get(key + 1) : undefined;
    return back === undefined ? [] : [{ out, back }];
  });
}

/**
 * Pairs that are told in the wrong order: the answer before the question. With two tellings the first is of what goes out and the
 * second of what comes in, as two observers of one conversation see it.
 */
export function inversions({ pairs, startNs }: JudgedRecords, told: Telling, toldOfAnswers = told): number {
  let count = 0;
  for (const { out, back } of pairs) {
    const really = (startNs[out] as number) - (startNs[back] as number);
    const seen = (told.startNs[out] as number) - (toldOfAnswers.startNs[back] as number);
    if (really * seen < 0) count++;
  }
  return count;
}
