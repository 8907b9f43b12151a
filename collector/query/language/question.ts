import type { AddressRange } from '../../../core/net/stored-address.ts';
import type { EndpointQuestion } from '../attribution.ts';
import type { DimensionName, MeasureName } from './dimensions.ts';

/** By what a flow belongs to an instant; see the word list for each. */
export type TimeBasis = 'flow' | 'export' | 'receive' | 'corrected';

export type Operator = '=' | '<' | '<=' | '>' | '>=';

/** What a flow must be; `!=` and `in` are made of the others. */
export type Condition =
  | { readonly kind: 'and'; readonly all: readonly Condition[] }
  | { readonly kind: 'or'; readonly all: readonly Condition[] }
  | { readonly kind: 'not'; readonly one: Condition }
  | { readonly kind: 'number'; readonly dimension: DimensionName; readonly operator: Operator; readonly value: number }
  /** Names are indexes, several when devices share the name. */
  | { readonly kind: 'name'; readonly dimension: DimensionName; readonly indexes: readonly number[] }
  /** One address, or all of a prefix. */
  | { readonly kind: 'within'; readonly dimension: DimensionName; readonly range: AddressRange };

/** Which flows are asked about, and how they are counted. */
export interface Selection {
  /** Milliseconds since 1970, the first that counts and the first that does not. */
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
  readonly where?: Condition | undefined;
  readonly basis: TimeBasis;
  /** Whether octets and packets are multiplied by the sampling interval where that is known. */
  readonly isScaled: boolean;
}

export interface FlowQuestion {
  /** `total` has one row, `count` has the number of different values of the dimensions. */
  readonly kind: 'top' | 'series' | 'total' | 'count';
  readonly measure: MeasureName;
  readonly dimensions: readonly DimensionName[];
  /** Rows at most; 0 when nobody said. */
  readonly limit: number;
  /** Of `series`: milliseconds of a bucket, which begin at whole multiples since 1970. */
  readonly everyMs: number;
  readonly selection: Selection;
}

/** A question in the language. */
export type Question = FlowQuestion | { readonly kind: 'who'; readonly endpoint: EndpointQuestion };
