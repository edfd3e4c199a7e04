import { type Signal, signal } from "@preact/signals";
import { ApiError } from "../../../client/src/clientErrors.js";
import { isUnavailable } from "../api/apiClient.ts";
import { recordResponse, recordUnreachable } from "./connection.ts";

/** A value that is loaded again and again. It keeps the last value while the service is unreachable. */
export interface Refreshable<T> {
  /** Undefined until the first load. */
  value: Signal<T | undefined>;
  /** The error response to the last load; undefined after a success and while the service is unreachable. */
  error: Signal<Error | undefined>;
  /** Loads now, or once more after the load in progress. */
  refresh(): void;
  /** Applies an event. A load in progress may predate the event: then one more load follows. */
  applyChange(change: (now: T) => T): void;
  /** Aborts the load in progress, and ignores all later calls. */
  dispose(): void;
}

/** Creates a refreshable value. @param load aborts its requests by the signal @param onLoaded receives each loaded value */
export function createRefreshable<T>(
  load: (signal: AbortSignal) => Promise<T>,
  onLoaded: (value: T) => void = () => undefined,
): Refreshable<T> {
  const value = signal<T | undefined>(undefined);
  const error = signal<Error | undefined>(undefined);
  let isLoading = false;
  let isReloadPending = false;
  const disposal = new AbortController();

  const refresh = async (): Promise<void> => {
    if (disposal.signal.aborted) return;
    if (isLoading) {
      isReloadPending = true;
      return;
    }
    isLoading = true;
    try {
      const loaded = await load(disposal.signal);
      if (disposal.signal.aborted) return;
      recordResponse();
      error.value = undefined;
      value.value = loaded;
      onLoaded(loaded);
    } catch (failure) {
      if (disposal.signal.aborted) return;
      if (isUnavailable(failure)) recordUnreachable();
      else if (failure instanceof ApiError) {
        recordResponse();
        error.value = failure;
      } else throw failure;
    } finally {
      isLoading = false;
      const isReloadRequested = isReloadPending;
      isReloadPending = false;
      if (isReloadRequested) void refresh();
    }
  };
  return {
    value,
    error,
    refresh: () => void refresh(),
    applyChange(change) {
      if (value.value !== undefined) value.value = change(value.value);
      if (isLoading) isReloadPending = true;
    },
    dispose: () => disposal.abort(),
  };
}
