import type { AnyPrefix } from '../../core/net/any-prefix.ts';
import type { ListenerConfig } from '../listening/config.ts';
import type { JournalConfig } from '../store/journal/config.ts';
import type { ListenerStats } from './listening.ts';

/** What the thread that receives is begun with. */
export interface ReceivingTask {
  /** UDP alone. */
  readonly listen: readonly ListenerConfig[];
  readonly allow: readonly AnyPrefix[];
  /** Of `Slots`. */
  readonly memory: SharedArrayBuffer;
  /** Where blocks are kept, in files from this number on; in memory alone without it. */
  readonly journal: { readonly directory: string; readonly config: JournalConfig; readonly chunk: number } | undefined;
  /** The number of the first block. */
  readonly block: number;
}

/** A block of datagrams that came: in memory until its slot is freed, in a file, or both. */
export interface ReceivedBlock {
  readonly number: number;
  readonly octets: number;
  readonly datagrams: number;
  readonly slot: number | undefined;
  readonly chunk: number | undefined;
  readonly offset: number;
}

export interface ReceivingStats {
  readonly listeners: readonly ListenerStats[];
  /** Why datagrams are in no file, in one sentence; `undefined` while they are, or are not to be. */
  readonly journalFailure: string | undefined;
}

export type ReceivingAnswer =
  | { readonly kind: 'listening'; readonly stats: ReceivingStats }
  /** An address could not be had. */
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'block'; readonly block: ReceivedBlock }
  | { readonly kind: 'stats'; readonly stats: ReceivingStats }
  /** Everything that came was handed on. */
  | { readonly kind: 'closed'; readonly stats: ReceivingStats };

/** No more is to be received. */
export type ReceivingRequest = 'close';
