/** What the store does: `full` tells why it stores nothing now. */
export type StoreState = { readonly kind: 'storing' } | { readonly kind: 'full' | 'failed' | 'away'; readonly reason: string };

export interface Readiness {
  readonly isListening: boolean;
  readonly store: StoreState;
}

/** Why the collector is not ready to be sent to, a sentence each; none when it is. */
export function reasonsNotReady({ isListening, store }: Readiness): string[] {
  return [
    ...(isListening ? [] : ['the collector does not listen']),
    ...(store.kind === 'storing' ? [] : [`the store is ${store.kind}: ${store.reason}`]),
  ];
}
