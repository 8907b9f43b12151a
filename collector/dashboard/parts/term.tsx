import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import { GLOSSARY } from '../text/glossary.ts';

/** A word with its meaning, which shows when it is pointed at, gone to by keyboard, or touched. */
export function Term({ name, children }: { readonly name: keyof typeof GLOSSARY; readonly children?: ComponentChildren }) {
  return <Hint text={GLOSSARY[name]}>{children ?? name}</Hint>;
}

interface HintProperties {
  readonly text: string;
  readonly class?: string;
  readonly label?: string;
  readonly children: ComponentChildren;
}

/** Something with a sentence about it, which Escape puts away again. */
export function Hint({ text, class: kind = 'term', label, children }: HintProperties) {
  const id = useId();
  const isOpen = useSignal(false);
  return (
    <span class="hint" onMouseEnter={() => (isOpen.value = true)} onMouseLeave={() => (isOpen.value = false)}>
      <button
        type="button"
        class={kind}
        aria-describedby={id}
        aria-label={label}
        onFocus={() => (isOpen.value = true)}
        onBlur={() => (isOpen.value = false)}
        onClick={(event) => {
          event.preventDefault();
          isOpen.value = true;
        }}
        onKeyDown={({ key }) => {
          if (key === 'Escape') isOpen.value = false;
        }}
      >
        {children}
      </button>
      <span role="tooltip" id={id} class={isOpen.value ? 'tooltip open' : 'tooltip'}>
        {text}
      </span>
    </span>
  );
}
