import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type Server as TlsServer, type TLSSocket } from 'node:tls';
import { formatEndpoint } from '../../core/net/endpoint.ts';
import { receiveStamps, SocketError, type Endpoint } from '../dgram-socket-pool/index.ts';
import { Connection, type ConnectionLimits, type StreamReader } from './connection.ts';
import { isPeerNamed } from './peer-name.ts';
import { noEnds, noRefusals, type RefusalReason, type StreamReceiverStats } from './stream-stats.ts';

/** Certificates and keys as PEM text. */
export interface ServerTls {
  readonly cert: string;
  readonly key: string;
  /** Who vouches for our peers; the system's authorities without it. */
  readonly ca?: string | undefined;
  /** Whether a peer without a certificate we trust is refused. */
  readonly requiresCertificate: boolean;
  /** The certificate must have one of these names; any will do without one. */
  readonly names: readonly string[];
}

export interface StreamReceiverOptions extends Endpoint, ConnectionLimits {
  /** TLS with it, plain TCP without. */
  readonly tls?: ServerTls | undefined;
  readonly maxConnections: number;
  readonly maxConnectionsPerAddress: number;
  /** Octets of Messages that are not whole yet, of all connections. */
  readonly maxWaitingOctets: number;
  /** Whether connections from this address are taken; all are without it. */
  readonly accepts?: ((address: string) => boolean) | undefined;
  /** A connection was taken. `source` is its other end, `192.0.2.1:4739`. */
  readonly onConnection: (source: string) => StreamReader;
}

/** Milliseconds the connections have to end when the receiver is closed. */
const CLOSE_GRACE_MS = 1_000;
const HANDSHAKE_TIMEOUT_MS = 10_000;
/** A peer that is gone without a word is found out by this. */
const KEEP_ALIVE_MS = 60_000;

/** Listens for TCP or TLS connections, keeps them within limits and reads them. It goes on listening whatever becomes of them. */
export class StreamReceiver {
  readonly endpoint: Endpoint;
  readonly #options: StreamReceiverOptions;
  readonly #server: Server;
  readonly #tls: TlsServer | undefined;
  readonly #stamp = receiveStamps();
  /** Sockets of those that were let in, a handshake that is not done included. */
  readonly #sockets = new Set<Socket>();
  readonly #ofAddress = new Map<string, number>();
  readonly #connections = new Set<Connection>();
  readonly #refused = noRefusals();
  readonly #ended = noEnds();
  #taken = 0;
  #messages = 0;
  #octets = 0;
  #waitingOctets = 0;

  private constructor(options: StreamReceiverOptions, server: Server) {
    this.#options = options;
    this.#server = server;
    const { address, port } = server.address() as AddressInfo;
    this.endpoint = { address, port };
    this.#tls = options.tls === undefined ? undefined : this.#createTls(options.tls);
    server.on('connection', (socket) => this.#admit(socket));
    // Too many open files, for one: those that are connected stay, and so does the listener.
    server.on('error', () => undefined);
  }

  /** Listens; port 0 takes a free one. Rejects with a `SocketError`, or an Error of one sentence when a certificate is none. */
  static async open(options: StreamReceiverOptions): Promise<StreamReceiver> {
    const server = createServer({ keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS });
    const { address, port } = options;
    await new Promise<void>((resolve, reject) => {
      const refuse = (error: Error): void => reject(new SocketError(`cannot listen on ${formatEndpoint(options)}`, error));
      server.once('error', refuse);
      server.listen({ host: address, port, exclusive: true }, () => {
        server.off('error', refuse);
        resolve();
      });
    });
    try {
      return new StreamReceiver(options, server);
    } catch (error) {
      server.close();
      throw new Error(`cannot use the certificate of ${formatEndpoint(options)}: ${(error as Error).message}`, { cause: error });
    }
  }

  stats(): StreamReceiverStats {
    return {
      connections: this.#taken,
      open: this.#connections.size,
      messages: this.#messages,
      octets: this.#octets,
      waitingOctets: this.#waitingOctets,
      refused: { ...this.#refused },
      ended: { ...this.#ended },
    };
  }

  /** Takes no more connections and ends those there are; resolves when the last is over. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => void this.#server.close(() => resolve()));
    for (const connection of this.#connections) connection.closeGently(CLOSE_GRACE_MS);
    const rest = setTimeout(
      () => {
        for (const socket of this.#sockets) socket.destroy();
      },
      this.#connections.size > 0 ? CLOSE_GRACE_MS : 0,
    );
    await closed;
    clearTimeout(rest);
  }

  #createTls({ cert, key, ca, requiresCertificate, names }: ServerTls): TlsServer {
    const tls = createTlsServer({
      cert,
      key,
      ca,
      requestCert: requiresCertificate || names.length > 0,
      rejectUnauthorized: requiresCertificate,
      minVersion: 'TLSv1.2',
      handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
    });
    tls.on('tlsClientError', (_, socket) => {
      this.#refused['handshake-failed']++;
      socket.destroy();
    });
    tls.on('secureConnection', (socket) => {
      if (isNamed(socket, names)) this.#take(socket);
      else this.#refuse(socket, 'name-not-allowed');
    });
    return tls;
  }

  /** Decides about a connection before anything is known of it but its address. */
  #admit(socket: Socket): void {
    socket.on('error', () => undefined);
    const { remoteAddress: address } = socket;
    if (address === undefined) return void socket.destroy(); // Reset before we saw it.
    const { accepts, maxConnections, maxConnectionsPerAddress } = this.#options;
    const open = this.#ofAddress.get(address) ?? 0;
    if (accepts?.(address) === false) return this.#refuse(socket, 'address-not-allowed');
    if (this.#sockets.size >= maxConnections) return this.#refuse(socket, 'too-many-connections');
    if (open >= maxConnectionsPerAddress) return this.#refuse(socket, 'too-many-of-one-address');
    this.#sockets.add(socket);
    this.#ofAddress.set(address, open + 1);
    socket.once('close', () => this.#forget(socket, address));
    if (this.#tls === undefined) this.#take(socket);
    else this.#tls.emit('connection', socket);
  }

  #refuse(socket: Socket, reason: RefusalReason): void {
    this.#refused[reason]++;
    socket.destroy();
  }

  #forget(socket: Socket, address: string): void {
    this.#sockets.delete(socket);
    const open = (this.#ofAddress.get(address) ?? 1) - 1;
    if (open === 0) this.#ofAddress.delete(address);
    else this.#ofAddress.set(address, open);
  }

  #take(socket: Socket): void {
    const { remoteAddress: address, remotePort: port } = socket;
    if (address === undefined || port === undefined) return void socket.destroy();
    this.#taken++;
    const reader = this.#options.onConnection(formatEndpoint({ address, port }));
    const connection = new Connection(socket, reader, this.#options, (reason) => {
      this.#ended[reason]++;
      this.#connections.delete(connection);
      this.#waitingOctets -= connection.waitingOctets;
    });
    this.#connections.add(connection);
    socket.on('data', (octets: Buffer) => this.#read(connection, octets));
  }

  #read(connection: Connection, octets: Buffer): void {
    if (!this.#connections.has(connection)) return;
    this.#octets += octets.length;
    const waitedBefore = connection.waitingOctets;
    this.#messages += connection.handle(octets, this.#stamp());
    if (!this.#connections.has(connection)) return;
    this.#waitingOctets += connection.waitingOctets - waitedBefore;
    if (this.#waitingOctets > this.#options.maxWaitingOctets) this.#greediest?.close('too-many-octets-waiting');
  }

  /** The connection with most octets waiting. To pause it would free none of them: only more octets make a Message whole. */
  get #greediest(): Connection | undefined {
    let greediest: Connection | undefined;
    for (const each of this.#connections) if (each.waitingOctets > (greediest?.waitingOctets ?? 0)) greediest = each;
    return greediest;
  }
}

const isNamed = (socket: TLSSocket, names: readonly string[]): boolean =>
  names.length === 0 || (socket.authorized && names.some((name) => isPeerNamed(socket, name)));
