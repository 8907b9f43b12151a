import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import { formatEndpoint, type Endpoint } from '../../core/net/endpoint.ts';
import { SocketError } from '../dgram-socket-pool/index.ts';

export interface StreamSenderOptions {
  readonly destination: Endpoint;
  /** Certificates and keys as PEM text: TLS with it, plain TCP without. */
  readonly tls?: Pick<ConnectionOptions, 'ca' | 'cert' | 'key' | 'servername'>;
  /** Called for each new connection after the first, before anything is sent on it: a new Transport Session begins. */
  readonly onReconnected?: () => void;
  /** Called when the connection is gone, with the reason in words. */
  readonly onLost?: (reason: string) => void;
  /** Milliseconds between two attempts after a connection was lost; 60000 unless told. */
  readonly retryAfterMs?: number;
  /** Milliseconds an attempt may take; 10000 unless told. */
  readonly connectTimeoutMs?: number;
  /** Milliseconds `close` waits for a peer that takes nothing; 5000 unless told. */
  readonly closeTimeoutMs?: number;
  /** Octets that may wait in the process before `send` makes its caller wait; 262144 unless told. */
  readonly maxQueuedOctets?: number;
}

export interface StreamSenderStats {
  readonly messages: number;
  readonly octets: number;
  /** Messages given while there was no connection. */
  readonly failed: number;
  /** Connections made after the first. */
  readonly reconnections: number;
}

/** RFC 7011 section 10.4.4: not more than once a minute in the default configuration. */
const DEFAULT_RETRY_AFTER_MS = 60_000;
const DEFAULT_CONNECT_TIMEOUT_MS = 10_000;
const DEFAULT_CLOSE_TIMEOUT_MS = 5_000;
const DEFAULT_MAX_QUEUED_OCTETS = 262_144;

/** A TCP or TLS connection to one destination that is made anew when it is lost. */
export class StreamSender {
  readonly #options: StreamSenderOptions;
  readonly #maxQueuedOctets: number;
  /** `undefined` while there is no connection. */
  #socket: Socket | undefined;
  /** Resolves when there is room again; `undefined` while there is. Whoever waits shares it: each with ears of its own would be too many. */
  #room: Promise<void> | undefined;
  #retry: NodeJS.Timeout | undefined;
  #closed = false;
  #messages = 0;
  #octets = 0;
  #failed = 0;
  #reconnections = 0;

  private constructor(options: StreamSenderOptions, socket: Socket) {
    this.#options = options;
    this.#maxQueuedOctets = options.maxQueuedOctets ?? DEFAULT_MAX_QUEUED_OCTETS;
    this.#adopt(socket);
  }

  /** Connects. Rejects with a `SocketError` when the destination cannot be reached or its certificate is not trusted. */
  static async open(options: StreamSenderOptions): Promise<StreamSender> {
    return new StreamSender(options, await connected(options));
  }

  /** Resolves when there is room for more. Never rejects: what cannot be sent for want of a connection is counted in `failed`. */
  async send(message: Uint8Array): Promise<void> {
    const socket = this.#socket;
    if (socket === undefined) return void this.#failed++;
    socket.write(message);
    this.#messages++;
    this.#octets += message.length;
    if (socket.writableLength > this.#maxQueuedOctets) this.#room ??= drained(socket).then(() => void (this.#room = undefined));
    await this.#room;
  }

  stats(): StreamSenderStats {
    return { messages: this.#messages, octets: this.#octets, failed: this.#failed, reconnections: this.#reconnections };
  }

  /** Sends what waits and ends the connection; a peer that takes nothing for `closeTimeoutMs` is left. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retry);
    const socket = this.#socket;
    if (socket === undefined) return;
    const timeout = setTimeout(() => socket.destroy(), this.#options.closeTimeoutMs ?? DEFAULT_CLOSE_TIMEOUT_MS);
    await new Promise<void>((resolve) => {
      socket.once('close', () => resolve());
      socket.end();
      // Whoever never ends its side does not keep this program alive.
      socket.once('finish', () => socket.destroySoon());
    });
    clearTimeout(timeout);
  }

  #adopt(socket: Socket): void {
    this.#socket = socket;
    // What a collector says back means nothing, but unread it would keep the connection from ending.
    socket.resume();
    let reason = 'the other side ended it';
    socket.on('error', ({ message }) => (reason = message));
    socket.once('close', () => {
      this.#socket = undefined;
      if (this.#closed) return;
      this.#options.onLost?.(reason);
      this.#scheduleRetry();
    });
  }

  #scheduleRetry(): void {
    this.#retry = setTimeout(() => void this.#reconnect(), this.#options.retryAfterMs ?? DEFAULT_RETRY_AFTER_MS);
  }

  async #reconnect(): Promise<void> {
    let socket: Socket;
    try {
      socket = await connected(this.#options);
    } catch {
      if (!this.#closed) this.#scheduleRetry();
      return;
    }
    if (this.#closed) return void socket.destroy();
    this.#reconnections++;
    this.#adopt(socket);
    this.#options.onReconnected?.();
  }
}

/** A connection that is ready, with its handshake done. */
function connected({ destination, tls, connectTimeoutMs = DEFAULT_CONNECT_TIMEOUT_MS }: StreamSenderOptions): Promise<Socket> {
  const { address: host, port } = destination;
  return new Promise((resolve, reject) => {
    const socket: Socket = tls === undefined ? connectTcp({ host, port }) : connectTls({ ...tls, host, port });
    const refuse = (error: Error): void => {
      clearTimeout(timeout);
      socket.destroy();
      reject(new SocketError(`cannot connect to ${formatEndpoint(destination)}`, error));
    };
    const timeout = setTimeout(() => refuse(new Error(`no answer within ${connectTimeoutMs} ms`)), connectTimeoutMs);
    socket.once('error', refuse);
    socket.once(tls === undefined ? 'connect' : 'secureConnect', () => {
      clearTimeout(timeout);
      socket.off('error', refuse);
      resolve(socket);
    });
  });
}

const drained = (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    const settle = (): void => {
      socket.off('drain', settle);
      socket.off('close', settle);
      resolve();
    };
    socket.on('drain', settle);
    socket.on('close', settle);
  });
