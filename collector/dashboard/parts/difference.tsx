interface DifferenceProperties {
  readonly measured: number;
  readonly truth: number;
  readonly format: (value: number) => string;
}

/** What it really was, and how far what was measured is from it. */
export function Difference({ measured, truth, format }: DifferenceProperties) {
  const difference = Math.round(measured) - Math.round(truth);
  return (
    <>
      {format(truth)}{' '}
      {difference === 0 ? (
        <span class="difference soft" title="measured to the octet">
          =
        </span>
      ) : (
        <span class="difference">
          {difference > 0 ? '+' : '−'}
          {format(Math.abs(difference))}
        </span>
      )}
    </>
  );
}
