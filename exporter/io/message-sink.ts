import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { DatagramSenderPool } from '../../runtime/dgram-socket-pool/index.ts';
import { readPem } from '../../runtime/pem-file.ts';
import { StreamSender, type StreamSenderOptions } from '../../runtime/stream-sender/stream-sender.ts';
import type { Destination } from './destination.ts';

/** Takes the Messages of an Exporting Process. */
export interface MessageSink {
  /** Resolves when there is room for the next. */
  send(message: Uint8Array): Promise<void>;
  /** Resolves when everything has left. */
  close(): Promise<void>;
}

/** Paths of PEM files; a collector that does not ask for a certificate needs none. */
export interface TlsFiles {
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

/** What a sink over a connection tells. */
export type SinkEvents = Pick<StreamSenderOptions, 'onLost' | 'onReconnected'>;

/** Opens the sink. Rejects with an Error of one sentence when it cannot be had. */
export async function openSink(destination: Destination, tls: TlsFiles, events: SinkEvents): Promise<MessageSink> {
  switch (destination.kind) {
    case 'file':
      return openFile(destination.path);
    case 'udp':
      return DatagramSenderPool.open({ destination: destination.endpoint });
    case 'tcp':
      return StreamSender.open({ destination: destination.endpoint, ...events });
    case 'tls':
      return StreamSender.open({ destination: destination.endpoint, tls: readTls(tls), ...events });
  }
}

/** An IPFIX File is Messages one after the other (RFC 5655 section 3). A full disk makes `send` and `close` reject. */
async function openFile(path: string): Promise<MessageSink> {
  const stream = createWriteStream(path);
  const inWords = (error: unknown): Error =>
    new Error(`cannot write ${path}: ${(error as NodeJS.ErrnoException).code}`, { cause: error });
  await once(stream, 'open').catch((error: unknown) => {
    throw inWords(error);
  });
  let failure: Error | undefined;
  stream.on('error', (error) => (failure ??= inWords(error)));
  return {
    async send(message) {
      if (failure === undefined && !stream.write(message)) await once(stream, 'drain').catch(() => undefined);
      if (failure !== undefined) throw failure;
    },
    async close() {
      stream.end();
      await finished(stream).catch(() => undefined);
      if (failure !== undefined) throw failure;
    },
  };
}

function readTls({ ca, cert, key }: TlsFiles): NonNullable<StreamSenderOptions['tls']> {
  const files = Object.entries({ ca, cert, key }).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(files.map(([name, path]) => [name, readPem(path)]));
}
