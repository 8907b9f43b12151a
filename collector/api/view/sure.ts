/** A number and how sure it is. */
export interface Sure {
  readonly value: number;
  /**
   * `truth`: known from the simulation; `exact`: counted; `estimated`: worked out from a sample or a model; `may-be-late`: rests on a clock
   * that may be wrong.
   */
  readonly sure: 'truth' | 'exact' | 'estimated' | 'may-be-late';
  /** Why, for a reader. */
  readonly note?: string;
}
