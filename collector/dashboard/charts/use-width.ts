import type { RefObject } from 'preact';
import { useEffect } from 'preact/hooks';
import { useSignal } from '@preact/signals';

/** The width an element has now, in pixels. */
export function useWidth(element: RefObject<HTMLElement>): number {
  const width = useSignal(600);
  useEffect(() => {
    if (element.current === null) return undefined;
    const resized = new ResizeObserver(([entry]) => (width.value = entry?.contentRect.width ?? width.value));
    resized.observe(element.current);
    return () => resized.disconnect();
  }, [element, width]);
  return width.value;
}
