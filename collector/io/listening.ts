import { formatEndpoint } from '../../core/net/endpoint.ts';
import { DatagramReceiverPool, type ReceiverStats } from '../../runtime/dgram-socket-pool/index.ts';
import { readPem } from '../../runtime/pem-file.ts';
import { StreamReceiver, type ServerTls } from '../../runtime/stream-receiver/stream-receiver.ts';
import type { StreamReceiverStats } from '../../runtime/stream-receiver/stream-stats.ts';
import type { AllowList } from '../listening/allow-list.ts';
import type { ListenerConfig } from '../listening/config.ts';
import { StreamedMessages, type MessageTaker } from '../listening/streamed-messages.ts';

/** What one listener has seen. */
export type ListenerStats =
  | ({ readonly transport: 'udp'; readonly endpoint: string; readonly askedBufferOctets: number } & ReceiverStats)
  | ({ readonly transport: 'tcp' | 'tls'; readonly endpoint: string } & StreamReceiverStats);

/** Datagrams the kernel threw away for want of buffer, of all together; `undefined` where the system does not tell. */
export const kernelDropsOf = (listeners: readonly ListenerStats[]): number | undefined =>
  listeners
    .map((stats) => (stats.transport === 'udp' ? stats.kernelDrops : 0))
    .reduce((sum, each) => (sum === undefined || each === undefined ? undefined : sum + each), 0);

interface Listener {
  stats(): ListenerStats;
  close(): Promise<void>;
}

/** All sockets of the collector: what comes to them goes to the Collecting Process, and nothing is ever sent back. */
export class Listening {
  readonly #listeners: readonly Listener[];

  private constructor(listeners: readonly Listener[]) {
    this.#listeners = listeners;
  }

  /** Opens all or none. Rejects with an Error of one sentence when an address or a file cannot be had. */
  static async open(configs: readonly ListenerConfig[], allow: AllowList, collecting: MessageTaker): Promise<Listening> {
    const listeners: Listener[] = [];
    try {
      for (const config of configs) {
        const open = config.at.transport === 'udp' ? openDatagrams : openStreams;
        listeners.push(await open(config, allow, collecting));
      }
    } catch (error) {
      await Promise.all(listeners.map((listener) => listener.close()));
      throw error;
    }
    return new Listening(listeners);
  }

  /** Of each listener, in the order they were configured. */
  stats(): ListenerStats[] {
    return this.#listeners.map((listener) => listener.stats());
  }

  /** Datagrams the kernel threw away for want of buffer; `undefined` where the system does not tell. */
  get kernelDrops(): number | undefined {
    return kernelDropsOf(this.stats());
  }

  async close(): Promise<void> {
    await Promise.all(this.#listeners.map((listener) => listener.close()));
  }
}

async function openDatagrams(config: ListenerConfig, allow: AllowList, collecting: MessageTaker): Promise<Listener> {
  const receivers = await DatagramReceiverPool.open({
    ...config.at.endpoint,
    receiveBufferOctets: config.receiveBufferOctets,
    fastPath: config.fastPath === 'auto' ? { maxSockets: config.maxFastExporters } : undefined,
    accepts: (address) => allow.accepts(address),
    onDatagram: (payload, { text }, receivedAtUs) => collecting.handle({ payload, source: text, receivedAtUs }),
  });
  const endpoint = formatEndpoint(receivers.endpoint);
  const { receiveBufferOctets: askedBufferOctets } = config;
  return {
    stats: () => ({ transport: 'udp', endpoint, askedBufferOctets, ...receivers.stats() }),
    close: () => receivers.close(),
  };
}

async function openStreams(config: ListenerConfig, allow: AllowList, collecting: MessageTaker): Promise<Listener> {
  const transport = config.at.transport === 'tls' ? 'tls' : 'tcp';
  const receiver = await StreamReceiver.open({
    ...config,
    ...config.at.endpoint,
    tls: transport === 'tls' ? readTls(config) : undefined,
    accepts: (address) => allow.accepts(address),
    onConnection: (source) => new StreamedMessages(collecting, source),
  });
  const endpoint = formatEndpoint(receiver.endpoint);
  return { stats: () => ({ transport, endpoint, ...receiver.stats() }), close: () => receiver.close() };
}

function readTls({ certificate = '', key = '', ca, clientCertificate, names }: ListenerConfig): ServerTls {
  return {
    cert: readPem(certificate),
    key: readPem(key),
    ca: ca === undefined ? undefined : readPem(ca),
    requiresCertificate: clientCertificate === 'required',
    names,
  };
}
