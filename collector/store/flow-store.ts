import type { CollectedBatch } from '../collecting/collected-batch.ts';
import type { NatEventBatch } from '../collecting/nat-event-batch.ts';

/** Flow Records of the store as columns, in the order of their ids; only the first `length` rows count. */
export interface StoredFlows extends CollectedBatch {
  /** Row ids, counted from 0. */
  readonly id: Float64Array;
}

/** A parameter of a query, bound by name: `$name` in the text, `$name::UHUGEINT` beside an address. */
export type QueryParameters = Readonly<Record<string, number | string>>;

/** Where Flow Records and NAT events are kept and asked for. Every operation waits for those begun before it. */
export interface FlowStore {
  /** Stores the rows of the batch in their order; the batch can be reused when the promise resolves. */
  append(batch: CollectedBatch): Promise<void>;
  /** The same for NAT events, which are rows of another table. */
  appendNatEvents(batch: NatEventBatch): Promise<void>;
  /**
   * Rows of a query in SQL over the tables `flows` and `nat_events`. Whole numbers come as numbers where those are exact, below
   * 2^53, else as bigint.
   */
  query<T extends object>(sql: string, parameters?: QueryParameters): Promise<T[]>;
  /** All Flow Records by id. The columns are reused for the next call of `onRows`. */
  scan(onRows: (rows: StoredFlows) => void): Promise<void>;
  close(): void;
}
