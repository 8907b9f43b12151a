import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import type { Datagram } from '../../collecting/datagram.ts';
import type { SegmentKind } from '../spool/segment.ts';
import { syncToDisk } from '../spool/segment-writer.ts';
import { chunkPath } from './chunk-files.ts';
import type { RowPlace } from './progress.ts';

/** The row of an id is, or will be, the one at this place. */
export interface Mark extends RowPlace {
  readonly kind: SegmentKind;
  readonly id: number;
}

/** What was known when a chunk was begun to be decoded, and which of its rows got which ids since. */
export interface Start {
  readonly known: readonly Datagram[];
  readonly marks: readonly Mark[];
}

interface KnownLine {
  readonly source: string;
  readonly receivedAtUs: number;
  readonly payload: string;
}

const line = (value: object): string => `${JSON.stringify(value)}\n`;

/** Writes it whole or not at all, over one that may be there. When it returns the disk has it, if `isSynced`. */
export function writeStart(directory: string, chunk: number, { known, marks }: Start, isSynced: boolean): void {
  const path = chunkPath(directory, chunk, 'start');
  const lines = known.map(({ source, receivedAtUs, payload }) =>
    line({ source, receivedAtUs, payload: Buffer.from(payload).toString('base64') } satisfies KnownLine),
  );
  writeFileSync(`${path}.unfinished`, [...lines, ...marks.map(line)].join(''), { flush: isSynced });
  renameSync(`${path}.unfinished`, path);
  if (isSynced) syncToDisk(directory);
}

/** When it returns the disk has it, if `isSynced`. */
export function appendMark(directory: string, chunk: number, mark: Mark, isSynced: boolean): void {
  const file = openSync(chunkPath(directory, chunk, 'start'), 'a');
  try {
    // On a line of its own, even when the one before was cut off by a full disk.
    const text = `\n${line(mark)}`;
    if (writeSync(file, text) < text.length) throw new Error('only a part of it could be written');
    if (isSynced) fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** The lines that are whole. */
export function readStart(directory: string, chunk: number): Start {
  const known: Datagram[] = [];
  const marks: Mark[] = [];
  for (const text of readFileSync(chunkPath(directory, chunk, 'start'), 'utf8').split('\n')) {
    let value: Mark | KnownLine;
    try {
      value = JSON.parse(text) as Mark | KnownLine;
    } catch {
      continue; // Empty, or cut off when the program was ended amid it.
    }
    if ('payload' in value) known.push({ ...value, payload: Buffer.from(value.payload, 'base64'), isRemembered: true });
    else marks.push(value);
  }
  return { known, marks };
}
