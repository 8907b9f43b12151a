import type { RefObject } from 'preact';
import { useLayoutEffect } from 'preact/hooks';
import { useSignal } from '@preact/signals';

/** The width an element has now, in pixels. */
export function useWidth(element: RefObject<HTMLElement>): number {
  const width = useSignal(600);
  useLayoutEffect(() => {
    if (element.current === null) return undefined;
    // Known before the first frame: what is drawn too wide would make the page wider.
    width.value = element.current.getBoundingClientRect().width;
    const resized = new ResizeObserver(([entry]) => (width.value = entry?.contentRect.width ?? width.value));
    resized.observe(element.current);
    return () => resized.disconnect();
  }, [element, width]);
  return width.value;
}
