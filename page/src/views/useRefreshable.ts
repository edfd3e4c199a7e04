import { useEffect, useMemo } from "preact/hooks";
import { createRefreshable, type Refreshable } from "../live/refreshable.ts";
import { subscribeToStream } from "../live/streamSubscription.ts";

/** Something that no stream tells of, read every few seconds while it is looked at. @param key tells one from another */
export function useRefreshable<T>(load: () => Promise<T>, key: string): Refreshable<T> {
  // What is loaded depends on what it is about alone
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
