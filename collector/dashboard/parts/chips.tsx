interface ChipsProperties<Value extends string> {
  /** For who cannot see them. */
  readonly label: string;
  readonly values: readonly Value[];
  readonly chosen: Value | undefined;
  readonly onChoose: (value: Value) => void;
}

/** One of a few, all of them seen. */
export function Chips<Value extends string>({ label, values, chosen, onChoose }: ChipsProperties<Value>) {
  return (
    <div class="chips" role="group" aria-label={label}>
      {values.map((value) => (
        <button key={value} type="button" aria-pressed={value === chosen} onClick={() => onChoose(value)}>
          {value}
        </button>
      ))}
    </div>
  );
}
