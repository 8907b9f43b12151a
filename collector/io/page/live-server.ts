import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { LiveConfig } from '../../api/live/config.ts';
import { LIVE_PROTOCOL } from '../api-guard.ts';
import { LiveClient } from './live-client.ts';
import type { Views } from './views.ts';

/** Keeps the pages that are connected to `/api/live` up to date. Who may connect is decided before. */
export class LiveServer {
  readonly #config: LiveConfig;
  readonly #views: Views;
  readonly #sockets: WebSocketServer;
  readonly #clients = new Set<LiveClient>();
  readonly #timer: NodeJS.Timeout;

  constructor(config: LiveConfig, views: Views) {
    this.#config = config;
    this.#views = views;
    this.#sockets = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      maxPayload: config.maxMessageOctets,
      handleProtocols: (offered) => (offered.has(LIVE_PROTOCOL) ? LIVE_PROTOCOL : false),
    });
    this.#timer = setInterval(() => this.#tick(), config.intervalMs);
  }

  get isFull(): boolean {
    return this.#clients.size >= this.#config.maxClients;
  }

  connect(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#sockets.handleUpgrade(request, socket, head, (opened) => {
      const client = new LiveClient(opened, this.#views, this.#config);
      this.#clients.add(client);
      opened.once('close', () => this.#clients.delete(client));
      opened.on('message', () => this.#make());
    });
  }

  /** Ends every connection. */
  close(): void {
    clearInterval(this.#timer);
    for (const client of this.#clients) client.end();
    this.#sockets.close();
  }

  #tick(): void {
    this.#make();
    for (const client of this.#clients) {
      client.update();
      client.checkAlive();
    }
  }

  /** What was just subscribed to does not wait for the next tick. */
  #make(): void {
    this.#views.makeDue(({ followers }) => {
      for (const client of this.#clients) if (followers.has(client)) client.update();
    });
  }
}
