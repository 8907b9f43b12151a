import type { Looked } from './dialect.ts';

/** A column that is worked out of others of the level below it. */
export interface Derived extends Looked {
  readonly needs: readonly string[];
}

/** Columns by name, each worked out only when it is needed: tables of names may be long. */
export type DerivedColumns = Readonly<Record<string, () => Derived>>;
