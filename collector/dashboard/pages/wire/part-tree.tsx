import { useSignal, type ReadonlySignal } from '@preact/signals';
import type { Part } from '../../../api/view/wire-view.ts';
import { isIn, type Span } from './span.ts';

interface PartTreeProperties {
  readonly root: Part;
  readonly lit: ReadonlySignal<Span>;
  readonly onPoint: (span: Span) => void;
}

/** The parts of a Message one inside the other. Arrow keys go from part to part, left and right close and open. */
export function PartTree({ root, lit, onPoint }: PartTreeProperties) {
  return (
    <ul class="part-tree" role="tree" aria-label="Parts of the Message" onKeyDown={walk}>
      <Node part={root} depth={0} lit={lit} onPoint={onPoint} />
    </ul>
  );
}

/** Sets of a Message are open at first, records are not: there may be dozens. */
const OPEN_DEPTH = 1;

function Node({ part, depth, lit, onPoint }: { part: Part; depth: number } & Omit<PartTreeProperties, 'root'>) {
  const { name, kind, value, words, truth, wrong, bits, parts, from, to } = part;
  const isOpen = useSignal(depth <= OPEN_DEPTH);
  const hasParts = parts !== undefined && parts.length > 0;
  const isLit = isIn(part, lit.value);
  return (
    <li role="none">
      <div
        role="treeitem"
        tabIndex={depth === 0 ? 0 : -1}
        aria-level={depth + 1}
        aria-expanded={hasParts ? isOpen.value : undefined}
        class={`part ${kind}${wrong === undefined ? '' : ' wrong'}${isLit ? ' lit' : ''}`}
        style={{ paddingLeft: `${depth * 14 + 24}px` }}
        onMouseEnter={() => onPoint({ from, to })}
        onFocus={() => onPoint({ from, to })}
        onClick={() => (isOpen.value = !isOpen.value)}
        onKeyDown={(event) => {
          if (!hasParts) return;
          if (event.key === 'ArrowRight' && !isOpen.value) isOpen.value = true;
          else if (event.key === 'ArrowLeft' && isOpen.value) isOpen.value = false;
          else return;
          event.stopPropagation();
        }}
      >
        <span class="part-sign" aria-hidden="true">
          {hasParts ? (isOpen.value ? '▾' : '▸') : ''}
        </span>
        <span class="part-name">{name}</span>
        {value !== undefined && <span class="mono part-value">{String(value)}</span>}
        {words !== undefined && <span class="soft">{words}</span>}
        {bits?.map((bit) => (
          <span key={bit.name} class="part-line">
            {bit.name} <span class="mono">{String(bit.value)}</span> <span class="soft">{bit.words}</span>
          </span>
        ))}
        {wrong !== undefined && <span class="part-line part-wrong">⚠ {wrong}</span>}
        {truth !== undefined && <span class="part-line part-truth">✓ {truth}</span>}
      </div>
      {hasParts && isOpen.value && (
        <ul role="group">
          {parts.map((inner) => (
            <Node key={`${inner.from} ${inner.name}`} part={inner} depth={depth + 1} lit={lit} onPoint={onPoint} />
          ))}
        </ul>
      )}
    </li>
  );
}

/** Up and down go to the part above and below among those that are shown. */
function walk(event: KeyboardEvent & { readonly currentTarget: HTMLElement }): void {
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
  if (step === 0) return;
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>('[role=treeitem]')];
  const next = items[items.indexOf(document.activeElement as HTMLElement) + step];
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
}
