import { type Signal, signal } from "@preact/signals";
import { ApiRequestError, ServiceUnavailable } from "../api/callApi.ts";
import { recordResponse, recordUnreachable } from "./connection.ts";

/** Something that is read again and again. The last state stays while the service is away. */
export interface Refreshable<T> {
  /** Undefined until it was read once. */
  value: Signal<T | undefined>;
  /** Why there is nothing to show; undefined while there is, or may be soon. */
  error: Signal<ApiRequestError | undefined>;
  /** Reads now, or once more after the reading that is under way. */
  refresh(): void;
  /** Takes in what an event told. A reading that is under way may have begun before that: then it is done once more. */
  applyChange(changed: (now: T) => T): void;
  /** What is under way counts no more. */
  dispose(): void;
}

/** @param load reads it @param onLoaded given each new state */
export function createRefreshable<T>(
  load: () => Promise<T>,
  onLoaded: (value: T) => void = () => undefined,
): Refreshable<T> {
  const value = signal<T | undefined>(undefined);
  const refusal = signal<ApiRequestError | undefined>(undefined);
  let state: "idle" | "reading" | "reading, and once more" | "ended" = "idle";

  const read = async (): Promise<void> => {
    if (state === "ended") return;
    if (state !== "idle") {
      state = "reading, and once more";
      return;
    }
    state = "reading";
    try {
      const loaded = await load();
      if ((state as string) === "ended") return;
      recordResponse();
      refusal.value = undefined;
      value.value = loaded;
      onLoaded(loaded);
    } catch (error) {
      if ((state as string) === "ended") return;
      if (error instanceof ServiceUnavailable) recordUnreachable();
      else if (error instanceof ApiRequestError) {
        recordResponse();
        refusal.value = error;
      } else throw error;
    } finally {
      const again = (state as string) === "reading, and once more";
      if ((state as string) !== "ended") state = "idle";
      if (again) void read();
    }
  };
  return {
    value,
    error: refusal,
    refresh: () => void read(),
    applyChange(changed) {
      if (value.value !== undefined) value.value = changed(value.value);
      if (state === "reading") state = "reading, and once more";
    },
    dispose: () => {
      state = "ended";
    },
  };
}
