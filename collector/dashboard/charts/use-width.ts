import { useCallback, useRef } from 'preact/hooks';
import { useSignal } from '@preact/signals';

/** The width an element has now, in pixels; `measured` is its `ref`. It may come later than the component, or another time. */
export function useWidth(): { readonly width: number; readonly measured: (element: HTMLElement | null) => void } {
  const width = useSignal(600);
  const resized = useRef<ResizeObserver>();
  const measured = useCallback(
    (element: HTMLElement | null) => {
      resized.current?.disconnect();
      if (element === null) return;
      // Known before the first frame: what is drawn too wide would make the page wider.
      width.value = element.getBoundingClientRect().width;
      resized.current = new ResizeObserver(([entry]) => (width.value = entry?.contentRect.width ?? width.value));
      resized.current.observe(element);
    },
    [width],
  );
  return { width: width.value, measured };
}
