import { useSignal } from '@preact/signals';
import type { Part } from '../../../api/view/wire-view.ts';
import { HexPane } from './hex-pane.tsx';
import { PartTree } from './part-tree.tsx';
import { NOTHING, type Span } from './span.ts';

/** What a datagram is made of as a tree, its octets beside it, linked both ways. */
export function PartsAndOctets({ tree, hex }: { readonly tree: Part; readonly hex: string }) {
  const pointed = useSignal<Span>(NOTHING);
  return (
    <div class="dissection">
      <PartTree root={tree} lit={pointed} onPoint={(span) => (pointed.value = span)} />
      <HexPane hex={hex} root={tree} lit={pointed} onPoint={(span) => (pointed.value = span)} />
    </div>
  );
}
