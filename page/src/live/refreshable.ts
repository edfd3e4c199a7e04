import { type Signal, signal } from "@preact/signals";
import { Away, Refusal } from "../api/callApi.ts";
import { noteAway, noteHeard } from "./connection.ts";

/** Something that is read again and again. The last state stays while the service is away. */
export interface Latest<T> {
  /** Undefined until it was read once. */
  value: Signal<T | undefined>;
  /** Why there is nothing to show; undefined while there is, or may be soon. */
  refusal: Signal<Refusal | undefined>;
  /** Reads now, or once more after the reading that is under way. */
  read(): void;
  /** Takes in what an event told. A reading that is under way may have begun before that: then it is done once more. */
  change(changed: (now: T) => T): void;
  /** What is under way counts no more. */
  end(): void;
}

/** @param load reads it @param settled given each new state */
export function latest<T>(load: () => Promise<T>, settled: (value: T) => void = () => undefined): Latest<T> {
  const value = signal<T | undefined>(undefined);
  const refusal = signal<Refusal | undefined>(undefined);
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
      noteHeard();
      refusal.value = undefined;
      value.value = loaded;
      settled(loaded);
    } catch (error) {
      if ((state as string) === "ended") return;
      if (error instanceof Away) noteAway();
      else if (error instanceof Refusal) {
        noteHeard();
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
    refusal,
    read: () => void read(),
    change(changed) {
      if (value.value !== undefined) value.value = changed(value.value);
      if (state === "reading") state = "reading, and once more";
    },
    end: () => {
      state = "ended";
    },
  };
}
