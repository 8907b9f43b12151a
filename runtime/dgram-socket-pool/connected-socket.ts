import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { readSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import { askForBuffer, close, type Endpoint } from './open-socket.ts';
import { rawHandle, type RawHandle } from './raw-handle.ts';
import { LEAST_OCTETS_COUNTED, readOut } from './read-out.ts';
import type { KnownSource } from './source-table.ts';

/** More than any datagram has. */
const BUFFER_OCTETS = 65_536;
const buffer = new Uint8Array(BUFFER_OCTETS);
/** Views of its beginning, by their length: datagrams of one exporter mostly have the same. */
const views: (Uint8Array | undefined)[] = [];

type OnDatagram = (payload: Uint8Array, source: KnownSource) => void;

/**
 * A second socket on a port that is connected to one source: the kernel gives it what comes from there. It is read without Node's
 * machinery, into one buffer that is used again and again.
 */
export class ConnectedSocket {
  readonly source: KnownSource;
  /** Datagrams read. */
  count = 0;
  readonly #socket: Socket;
  readonly #handle: RawHandle;
  readonly #onDatagram: OnDatagram;
  #isReady = false;
  #isClosed = false;

  private constructor(socket: Socket, handle: RawHandle, source: KnownSource, onDatagram: OnDatagram) {
    this.#socket = socket;
    this.#handle = handle;
    this.source = source;
    this.#onDatagram = onDatagram;
  }

  /** Opens the socket at once, or returns `undefined` where the system does not let us. It reads nothing yet. */
  static open(
    bound: Endpoint,
    source: KnownSource,
    receiveBufferOctets: number | undefined,
    onDatagram: OnDatagram,
  ): ConnectedSocket | undefined {
    const family = isIPv6(bound.address) ? 6 : 4;
    // Both are addresses: with nothing to look up, bind and connect are done when they return, and little can come in between.
    const socket = createSocket({
      type: family === 6 ? 'udp6' : 'udp4',
      reuseAddr: true,
      lookup: (address, _, done) => void done(null, address, family),
    });
    // What the kernel passes on is about one datagram, and what fails at once shows below.
    socket.on('error', () => undefined);
    try {
      socket.bind({ address: bound.address, port: bound.port, exclusive: true });
      socket.connect(source.port, source.address);
      socket.remoteAddress();
      askForBuffer(socket, 'receive', receiveBufferOctets);
      const handle = rawHandle(socket);
      if (handle !== undefined) {
        handle.recvStop();
        return new ConnectedSocket(socket, handle, source, onDatagram);
      }
    } catch {
      // Refused: the one socket for all goes on as before.
    }
    void close(socket);
    return undefined;
  }

  get fd(): number {
    return this.#handle.fd;
  }

  /**
   * Begins to read. What came between bind and connect may be anybody's: as long as such datagrams may wait Node reads them and tells
   * whose each is.
   */
  async start(onAnybodys: (payload: Buffer, remote: RemoteInfo) => void): Promise<void> {
    let seen = 0;
    this.#socket.on('message', (payload, remote) => {
      seen++;
      this.count++;
      onAnybodys(payload, remote);
    });
    if (this.#isClosed) return;
    this.#handle.recvStart();
    await readOut(this.#socket, () => seen);
    if (this.#isClosed) return;
    this.#handle.recvStop();
    this.#isReady = true;
  }

  /** Reads what waits, `most` datagrams at a time. Returns whether there may be more. */
  drain(most: number): boolean {
    if (!this.#isReady || this.#isClosed) return false;
    for (let read = 0; read < most; read++) {
      let length: number;
      try {
        length = readSync(this.#handle.fd, buffer, 0, BUFFER_OCTETS, null);
      } catch (error) {
        // ECONNREFUSED is about what somebody else sent; EAGAIN, or a socket that is no more, is the end.
        if ((error as NodeJS.ErrnoException).code === 'ECONNREFUSED') continue;
        return false;
      }
      this.count++;
      this.#onDatagram((views[length] ??= buffer.subarray(0, length)), this.source);
    }
    return true;
  }

  /** Reads what waits now, not what a source that goes on sending adds, and closes: from now on the kernel gives to the other socket. */
  close(): Promise<void> {
    if (!this.#isClosed) this.drain(Math.ceil(this.#socket.getRecvBufferSize() / LEAST_OCTETS_COUNTED));
    this.#isClosed = true;
    return close(this.#socket);
  }
}
