import { isIPv4, type StoredAddress } from '../../core/net/stored-address.ts';
import type { CollectedBatch } from '../collecting/collected-batch.ts';
import type { Label } from '../collecting/label.ts';
import type { NatEventBatch } from '../collecting/nat-event-batch.ts';
import type { FLOWS } from './columns.ts';

/** A column of the batch that the table `flows` keeps. */
export type FlowColumn = (typeof FLOWS.columns)[number]['from'];

/** Some columns of Flow Records of the store, in the order of their ids; only the first `length` rows count. */
export type StoredFlows<Column extends FlowColumn> = Pick<CollectedBatch, Column> & {
  readonly length: number;
  /** Row ids, counted from 0. */
  readonly id: Float64Array;
};

/** Who sent a record: the address it came from and the Observation Domain, which is unique to that (RFC 7011 section 3.1). */
export interface Exporter {
  readonly address: StoredAddress;
  readonly observationDomainId: number;
}

/** One that sends over IPv4, as all of the lab do. */
export interface IPv4Exporter extends Exporter {
  readonly address: number;
}

/**
 * The rows of one exporter, as a condition in SQL on either table; all rows without one. `ipv6` writes an address of 128 bits as the
 * database has it: DuckDB takes the number.
 */
export function isFrom(exporter: Exporter | undefined, ipv6: (address: StoredAddress) => string = String): string {
  if (exporter === undefined) return 'true';
  const { address, observationDomainId } = exporter;
  const isAddress = isIPv4(address) ? `exporter_ipv4 = ${address}` : `exporter_ipv6 = ${ipv6(address)}`;
  return `(${isAddress} AND observation_domain_id = ${observationDomainId})`;
}

/** A parameter of a query, bound by name: `$name` in the text, `$name::UHUGEINT` beside an address. */
export type QueryParameters = Readonly<Record<string, number | string>>;

/** Why rows were not taken, in one sentence: there was no room. They are in no place, and the store takes the next when there is. */
export class NotStoredError extends Error {}

/** Whether a store keeps what it is given now, and if not why not, in one sentence. */
export type StoreState = { readonly kind: 'storing' } | { readonly kind: 'full' | 'away'; readonly reason: string };

/** A store as whoever only asks it sees it. */
export type AskedStore = Pick<FlowStore, 'query'>;

/** Where Flow Records and NAT events are kept and asked for. Every operation waits for those begun before it. */
export interface FlowStore {
  /** Of a store that can be without room, or that is elsewhere. */
  readonly state?: StoreState;
  /** Why old records are not deleted as they are to be, in one sentence; of a store that does that. */
  readonly retentionFailure?: string | undefined;
  /** Rows that are kept and asked for, and not in the database yet; of a store that keeps them first. */
  readonly waitingRows?: number;
  /**
   * Stores the rows of the batch in their order; when the promise resolves they are safe and the batch can be reused. Rejects with a
   * `NotStoredError` when there is no room for them.
   */
  append(batch: CollectedBatch): Promise<void>;
  /** The same for NAT events, which are rows of another table. */
  appendNatEvents(batch: NatEventBatch): Promise<void>;
  /** Names for numbers of the exporters' records: the table `labels`, of which the view `latest_labels` has what holds now. */
  appendLabels(labels: readonly Label[]): Promise<void>;
  /**
   * Rows of a query in SQL over the tables `flows` and `nat_events`. Whole numbers come as numbers where those are exact, below
   * 2^53, else as bigint.
   */
  query<T extends object>(sql: string, parameters?: QueryParameters): Promise<T[]>;
  /** `columns` of all Flow Records, or of those of one exporter, by id. They are reused for the next call of `onRows`. */
  scan<Column extends FlowColumn>(
    columns: readonly Column[],
    onRows: (rows: StoredFlows<Column>) => void,
    exporter?: Exporter,
  ): Promise<void>;
  /** Resolves when everything is stored, or kept for the next run to store. */
  close(): void | Promise<void>;
}
