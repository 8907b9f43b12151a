interface ChoiceProperties<Value extends string> {
  readonly label: string;
  readonly value: Value;
  /** What each value is called, in the order they stand. */
  readonly options: Readonly<Record<Value, string>>;
  readonly onChoose: (value: Value) => void;
}

/** One of several, of which only the chosen one is seen. */
export function Choice<Value extends string>({ label, value, options, onChoose }: ChoiceProperties<Value>) {
  return (
    <label class="field">
      <span>{label}</span>
      <select value={value} onChange={({ currentTarget }) => onChoose(currentTarget.value as Value)}>
        {Object.entries<string>(options).map(([each, title]) => (
          <option key={each} value={each}>
            {title}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Options that are called what they are, behind one for all of them. */
export const allOr = (names: readonly string[]): Readonly<Record<string, string>> => ({
  '': 'all',
  ...Object.fromEntries(names.map((name) => [name, name])),
});
