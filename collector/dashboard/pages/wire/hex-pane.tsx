import type { ReadonlySignal } from '@preact/signals';
import type { Part } from '../../../api/view/wire-view.ts';
import { leafAt, type Span } from './span.ts';

const ROW = 16;
const PRINTABLE = /[\x20-\x7e]/;

/** The octets, sixteen to a line, with what they are as letters. */
export function HexPane({
  hex,
  root,
  lit,
  onPoint,
}: {
  hex: string;
  root: Part;
  lit: ReadonlySignal<Span>;
  onPoint: (span: Span) => void;
}) {
  const octets = hex.match(/../g) ?? [];
  const rows = Array.from({ length: Math.ceil(octets.length / ROW) }, (_, row) => octets.slice(row * ROW, (row + 1) * ROW));
  return (
    <div class="hex-pane mono" role="region" tabIndex={0} aria-label="Octets of the Message in hexadecimal">
      {rows.map((row, index) => (
        <Row key={index} row={row} first={index * ROW} root={root} lit={lit} onPoint={onPoint} />
      ))}
    </div>
  );
}

interface RowProperties {
  readonly row: readonly string[];
  readonly first: number;
  readonly root: Part;
  readonly lit: ReadonlySignal<Span>;
  readonly onPoint: (span: Span) => void;
}

function Row({ row, first, root, lit, onPoint }: RowProperties) {
  const { from, to } = lit.value;
  const text = row.map((octet) => String.fromCharCode(parseInt(octet, 16)));
  return (
    <div class="hex-row">
      <span class="soft">{first.toString(16).padStart(4, '0')}</span>
      <span>
        {row.map((octet, index) => {
          const at = first + index;
          return (
            <span
              key={at}
              class={at >= from && at < to ? 'octet lit' : 'octet'}
              onMouseEnter={() => {
                const leaf = leafAt(root, at);
                onPoint({ from: leaf.from, to: leaf.to });
              }}
            >
              {octet}
            </span>
          );
        })}
      </span>
      <span class="soft">{text.map((letter) => (PRINTABLE.test(letter) ? letter : '.')).join('')}</span>
    </div>
  );
}
