import type { Control } from './status-view.ts';

/** What the page sends over `/api/live`: one JSON text for each. */
export type LiveRequest =
  | {
      /** Names the subscription on this connection. */
      readonly subscribe: number;
      readonly topic: string;
      readonly parameters?: Readonly<Record<string, string>>;
      /** The last version that was had, on an earlier connection. */
      readonly version?: number;
    }
  | { readonly unsubscribe: number }
  | { readonly control: Control };

/** What the server sends: a view as a whole, what of it has changed (RFC 7396), or why there is none. */
export type LiveUpdate =
  | { readonly id: number; readonly version: number; readonly view: object }
  | { readonly id: number; readonly version: number; readonly from: number; readonly patch: object }
  | { readonly id: number; readonly error: string }
  /** Of a request that named no subscription. */
  | { readonly error: string };
