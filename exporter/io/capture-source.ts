import { readSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { addAbortSignal, type Readable } from 'node:stream';
import { setImmediate as breathe } from 'node:timers/promises';
import type { CaptureReader } from '../../core/net/capture/capture-reader.ts';

/** Little enough to stay in the processor's cache until it is metered. */
const READ_OCTETS = 262_144;

/**
 * Brings the octets of a capture to its reader and yields after each piece; `-` is standard input. Rejects with an Error of one
 * sentence when the file cannot be had, and with the signal's reason: a pipe may be quiet for long, and is left at once all the same.
 */
export async function* feedCapture(path: string, reader: CaptureReader, signal: AbortSignal): AsyncGenerator<void> {
  if (path === '-') return yield* feedFromStream(process.stdin, reader, signal);
  const file = await openCapture(path);
  try {
    if ((await file.stat()).isFile()) yield* feedFromFile(file, reader, signal);
    else yield* feedFromStream(file.createReadStream(), reader, signal);
  } finally {
    await file.close();
  }
}

/** A file is there at once, so waiting for it would cost more than reading it: straight into the reader's own memory. */
async function* feedFromFile({ fd }: FileHandle, reader: CaptureReader, signal: AbortSignal): AsyncGenerator<void> {
  for (;;) {
    const count = readSync(fd, reader.room(READ_OCTETS));
    if (count === 0) return;
    reader.filled(count);
    yield;
    await breathe();
    signal.throwIfAborted();
  }
}

async function* feedFromStream(stream: Readable, reader: CaptureReader, signal: AbortSignal): AsyncGenerator<void> {
  for await (const octets of addAbortSignal(signal, stream) as AsyncIterable<Uint8Array>) {
    reader.handle(octets);
    yield;
    signal.throwIfAborted();
  }
}

async function openCapture(path: string): Promise<FileHandle> {
  try {
    return await open(path);
  } catch (error) {
    throw new Error(`cannot read ${path}: ${(error as NodeJS.ErrnoException).code}`, { cause: error });
  }
}
