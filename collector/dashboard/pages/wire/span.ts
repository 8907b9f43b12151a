import type { Part } from '../../../api/view/wire-view.ts';

/** Octets from `from` up to and without `to`. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export const NOTHING: Span = { from: 0, to: 0 };

export const isIn = ({ from, to }: Span, span: Span): boolean => from < to && from >= span.from && to <= span.to;

/** The part without parts of its own that has the octet. */
export function leafAt(part: Part, octet: number): Part {
  const inner = part.parts?.find(({ from, to }) => octet >= from && octet < to);
  return inner === undefined ? part : leafAt(inner, octet);
}
