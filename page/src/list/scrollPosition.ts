import { useEffect } from "preact/hooks";
import { coalesceCalls } from "../live/coalesceCalls.ts";

/** Milliseconds between a scroll and the record of it. */
const RECORD_DELAY_MS = 300;

interface ScrollState {
  scrollTop?: number;
}

/**
 * Restores the scroll position of a view when the user returns to it by Back, or reloads it. The position is part of the
 * entry of the browser's history.
 *
 * @param isLoaded whether the contents have their height
 */
export function useScrollPosition(isLoaded: boolean): void {
  useEffect(() => {
    if (!isLoaded) return undefined;
    const { scrollTop } = (history.state ?? {}) as ScrollState;
    // After the view has taken the focus, which scrolls to the top.
    const frame = requestAnimationFrame(() => {
      if (scrollTop !== undefined) window.scrollTo(0, scrollTop);
    });
    const record = coalesceCalls(RECORD_DELAY_MS, () => {
      history.replaceState({ ...(history.state as object | null), scrollTop: window.scrollY }, "");
    });
    window.addEventListener("scroll", record, { passive: true });
    return () => {
      cancelAnimationFrame(frame);
      window.removeEventListener("scroll", record);
      // The entry of the next view is the current one by now.
      record.cancel();
    };
  }, [isLoaded]);
}
