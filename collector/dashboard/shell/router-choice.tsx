import { Choice } from '../parts/choice.tsx';
import { setParameters } from '../state/route.ts';
import { exporter, status } from '../state/status.ts';

/** Whose records are shown; absent where there is one router. */
export function RouterChoice() {
  const choices = status.value?.exporters ?? [];
  if (choices.length < 2) return null;
  const [first] = choices;
  return (
    <Choice<string>
      label="Router"
      value={exporter.value?.id ?? ''}
      options={Object.fromEntries(choices.map(({ id, name }) => [id, name]))}
      onChoose={(id) => setParameters({ exporter: id === first?.id ? undefined : id })}
    />
  );
}
