import { formatAddress } from '../../core/net/address-book.ts';
import { formatEndpoint } from '../../core/net/endpoint.ts';
import type { Conversation, Conversations } from './conversations.ts';
import type { Gap } from './difference.ts';
import type { Endpoints } from './endpoints.ts';
import { DOWN, type Ledger } from './ledger.ts';
import { LOST, STRANGER, type Records } from './records.ts';

/** Names records and conversations for a reader. */
export class Sentences {
  readonly #ledger: Ledger;
  readonly #conversations: Conversations;
  readonly #records: Records;
  readonly #endpoints: (row: number) => Endpoints;
  readonly #epochUnixMs: number;

  constructor(
    ledger: Ledger,
    conversations: Conversations,
    records: Records,
    endpoints: (row: number) => Endpoints,
    epochUnixMs: number,
  ) {
    this.#ledger = ledger;
    this.#conversations = conversations;
    this.#records = records;
    this.#endpoints = endpoints;
    this.#epochUnixMs = epochUnixMs;
  }

  /** Record 17 of 10:00:00.123Z, 10.0.1.10:50000 -> 198.18.1.1:443. */
  record(row: number): string {
    const id = this.#records.ids[row] as number;
    const at = new Date(this.#records.columns.flowStartMs[row] as number).toISOString().slice(11);
    const ends = this.#endpoints(row);
    return `${id === LOST ? 'a record lost on the way' : `record ${id}`} of ${at}, ${arrow(ends.direction, ends.insideAddress, ends.insidePort, ends.serverAddress, ends.serverPort)}`;
  }

  conversation(conversation: Conversation): string {
    const connection = this.#conversations.connectionOf(conversation);
    const { insideAddress, insidePort, serverAddress, serverPort } = this.#ledger.connections;
    return arrow(
      this.#conversations.directionOf(conversation),
      insideAddress.at(connection),
      insidePort.at(connection),
      serverAddress.at(connection),
      serverPort.at(connection),
    );
  }

  /** The packets of a gap: who, how many and when by true time. */
  span(conversation: Conversation, gap: Gap): string {
    const { startNs } = this.#ledger.trains;
    const first = Math.max(gap.from, startNs.at(this.#conversations.trainsOf(conversation)[0] as number));
    const at = new Date(this.#epochUnixMs + Math.floor(first / 1e6)).toISOString().slice(11);
    return `${this.conversation(conversation)}: ${gap.packets} packets and ${gap.octets} octets from ${at} true time on`;
  }
}

const arrow = (direction: number, inside: number, insidePort: number, server: number, serverPort: number): string =>
  `${endpoint(inside, insidePort)} ${direction === DOWN ? '<-' : '->'} ${endpoint(server, serverPort)}`;

const endpoint = (address: number, port: number): string =>
  address === STRANGER ? `an unknown address, port ${port}` : formatEndpoint({ address: formatAddress(address), port });
