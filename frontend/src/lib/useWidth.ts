import { type RefObject, useLayoutEffect, useState } from "react";

// useWidth is the width of an element in pixels; 0 until it is laid out.
export function useWidth(ref: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return;
    setWidth(element.offsetWidth);
    const watch = new ResizeObserver(() => setWidth(element.offsetWidth));
    watch.observe(element);
    return () => watch.disconnect();
  }, [ref]);
  return width;
}
