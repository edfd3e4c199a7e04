import { useEffect, useMemo } from "preact/hooks";
import { createRefreshable, type Refreshable } from "./refreshable.ts";
import { subscribeToStream } from "./streamSubscription.ts";

/** Polls a value without a stream of events while the component is mounted. @param key identifies the value */
export function useRefreshable<T>(load: (signal: AbortSignal) => Promise<T>, key: string): Refreshable<T> {
  // `load` is a new function at each render.
  const refreshable = useMemo(() => createRefreshable(load), [key]);
  useEffect(() => {
    const unsubscribe = subscribeToStream(undefined, { reload: refreshable.refresh, on: {} });
    return () => {
      unsubscribe();
      refreshable.dispose();
    };
  }, [refreshable]);
  return refreshable;
}
