import { type Signal, signal } from "@preact/signals";
import { Away, Refusal } from "../api/call.ts";
import { findTaskforces } from "../api/routes.ts";
import type { StreamEvents, Taskforce } from "../api/shapes.ts";
import { noteAway } from "../live/connection.ts";

/** The taskforces that a timeline shows, as far as they are loaded. */
export class Rows {
  readonly list: Signal<Taskforce[] | undefined> = signal(undefined);
  /** Asks for those after them; null: that is all. */
  readonly next: Signal<string | null> = signal(null);
  #filter: object = {};
  #asked = 0;
  /** Whether the first of them are being read, and whether something happened since that began. */
  #reading: "no" | "yes" | "yes, and once more" = "no";

  /** Shows what matches a filter from now on. */
  show(filter: object): void {
    this.#filter = filter;
    this.list.value = undefined;
    this.read();
  }

  /** Forgets them. */
  hide(): void {
    this.#asked++;
    this.list.value = undefined;
    this.next.value = null;
  }

  /** Reads the first of them anew; what was loaded beyond is to be asked for again. */
  read(): void {
    this.#reading = "yes";
    void this.#load(null);
  }

  /** Loads those after the ones that are there. */
  more(): Promise<void> {
    return this.#load(this.next.value);
  }

  async #load(after: string | null): Promise<void> {
    const asked = ++this.#asked;
    try {
      const { list, next } = await findTaskforces(this.#filter, after);
      // Something else was asked for meanwhile.
      if (asked !== this.#asked) return;
      this.list.value = after === null ? list : [...(this.list.value ?? []), ...list];
      this.next.value = next;
      const again = this.#reading === "yes, and once more";
      this.#reading = "no";
      if (again) this.read();
    } catch (error) {
      if (error instanceof Away) noteAway();
      else if (!(error instanceof Refusal)) throw error;
    }
  }

  /** Takes a phase change into account. @returns false for a taskforce that is not among them */
  note({ taskforce_uuid, phase, timestamp, was_successful }: StreamEvents["phase"]): boolean {
    if (this.#reading === "yes") this.#reading = "yes, and once more";
    const list = this.list.value ?? [];
    const at = list.findIndex((row) => row.taskforce_uuid === taskforce_uuid);
    const row = list[at];
    if (row === undefined) return false;
    const entry = { target_phase: phase, timestamp, was_successful };
    const known = row.phase_change_log.some(
      (other) => other.timestamp === timestamp && other.target_phase === phase,
    );
    if (known) return true;
    this.list.value = list.with(at, {
      ...row,
      phase: was_successful ? phase : row.phase,
      phase_change_log: [...row.phase_change_log, entry],
    });
    return true;
  }
}
