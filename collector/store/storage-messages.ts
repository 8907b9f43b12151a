import type { Label } from '../collecting/label.ts';
import type { DuckDbConfig } from './duckdb-config.ts';
import type { Exporter, FlowColumn, QueryParameters } from './flow-store.ts';
import type { NextIds, SegmentFile } from './spool/spool.ts';
import type { RetentionConfig } from './retention/config.ts';

/** What the storage worker is begun with. */
export interface StorageTask {
  /** The DuckDB file. */
  readonly path: string;
  /** Segments wait until there are so many octets of them, or some time. */
  readonly portionOctets: number;
  /** With so many they wait no longer, however much comes. */
  readonly mostOctets: number;
  /** Segments stay where they are, for another run to store. */
  readonly isOnlyAsked?: boolean | undefined;
  /** Those of the database; its own without. */
  readonly limits?: DuckDbConfig | undefined;
  /** Nothing is summed up or deleted without. */
  readonly retention?: RetentionConfig | undefined;
}

/** What is asked of the worker; who asks waits for the answer of the same ticket. */
export type StorageRequest =
  /** One that another run may have written is looked at first. */
  | { readonly kind: 'segment'; readonly file: SegmentFile; readonly isOld: boolean }
  | { readonly kind: 'labels'; readonly ticket: number; readonly labels: readonly Label[] }
  | { readonly kind: 'query'; readonly ticket: number; readonly sql: string; readonly parameters: QueryParameters }
  | {
      readonly kind: 'scan';
      readonly ticket: number;
      readonly columns: readonly FlowColumn[];
      readonly exporter: Exporter | undefined;
    }
  /** Stores for so long what waits, and stops. */
  | { readonly kind: 'close'; readonly ticket: number; readonly withinMs: number };

/** When the database fails the worker ends, with its error. */
export type StorageAnswer =
  /** Open; the last segment that is stored, and the ids of rows that come after. */
  | { readonly kind: 'ready'; readonly lastSegment: number; readonly nextIds: NextIds }
  /** Every segment up to this one is stored. */
  | { readonly kind: 'stored'; readonly number: number }
  /** It cannot be read, and will never be. */
  | { readonly kind: 'damaged'; readonly number: number; readonly why: string }
  /** Why summing up and deleting stopped; no failure when it goes on. */
  | { readonly kind: 'retention'; readonly failure: string | undefined }
  | { readonly kind: 'rows'; readonly ticket: number; readonly rows: readonly object[] }
  /** Some of the rows of a scan. */
  | { readonly kind: 'scanned'; readonly ticket: number; readonly rows: object }
  | { readonly kind: 'done'; readonly ticket: number }
  | { readonly kind: 'failed'; readonly ticket: number; readonly message: string };
