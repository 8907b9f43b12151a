import { useEffect } from 'preact/hooks';
import { useSignal, type Signal } from '@preact/signals';

/** What is written is looked for when nothing more was written for so long. */
const RESTED_MS = 200;

/** A field to find somebody by name, department or address. */
export function PeopleSearch({ wanted }: { readonly wanted: Signal<string> }) {
  return (
    <label class="search">
      <span class="visually-hidden">Find a person or department</span>
      <input
        type="text"
        maxLength={100}
        placeholder="Find a person …"
        value={wanted.value}
        onInput={({ currentTarget }) => (wanted.value = currentTarget.value)}
      />
    </label>
  );
}

/** The value as it was when it last rested. */
export function useRested(value: string): string {
  const rested = useSignal(value);
  useEffect(() => {
    const timer = setTimeout(() => (rested.value = value), RESTED_MS);
    return () => clearTimeout(timer);
  }, [value, rested]);
  return rested.value;
}
