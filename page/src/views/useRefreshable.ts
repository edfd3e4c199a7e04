import { useEffect, useMemo } from "preact/hooks";
import { follow } from "../live/streamSubscription.ts";
import { type Latest, latest } from "../live/refreshable.ts";

/** Something that no stream tells of, read every few seconds while it is looked at. @param about tells one from another */
export function useLatest<T>(load: () => Promise<T>, about: string): Latest<T> {
  // What is loaded depends on what it is about alone
  const read = useMemo(() => latest(load), [about]);
  useEffect(() => {
    const unfollow = follow(undefined, { read: read.read, on: {} });
    return () => {
      unfollow();
      read.end();
    };
  }, [read]);
  return read;
}
