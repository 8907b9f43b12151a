import { useCallback, useRef } from 'preact/hooks';
import { useSignal } from '@preact/signals';

/** A `ref`; the size of its element, in pixels, is told at once and whenever it is another. The element may come later than the component, or another time. */
export function useMeasured(tell: (size: DOMRect) => void): (element: HTMLElement | null) => void {
  const resized = useRef<ResizeObserver>();
  const latest = useRef(tell);
  latest.current = tell;
  return useCallback((element: HTMLElement | null) => {
    resized.current?.disconnect();
    if (element === null) return;
    const measure = (): void => latest.current(element.getBoundingClientRect());
    // Known before the first frame: what is drawn too wide would make the page wider.
    measure();
    resized.current = new ResizeObserver(measure);
    resized.current.observe(element);
  }, []);
}

/** The width an element has now, in pixels; `measured` is its `ref`. */
export function useWidth(): { readonly width: number; readonly measured: (element: HTMLElement | null) => void } {
  const width = useSignal(600);
  const measured = useMeasured((size) => (width.value = size.width));
  return { width: width.value, measured };
}
