import { signal } from "@preact/signals";

/** How the page learns what happens: told at once, by asking now and then, or not at all for now. */
export type Connection = "live" | "asking" | "away";

export const connection = signal<Connection>("asking");
/** When the service was last heard of, in milliseconds; what is shown is as old as that. */
export const heard = signal(Date.now());

/** The service answered. */
export function noteHeard(): void {
  heard.value = Date.now();
  if (connection.value === "away") connection.value = "asking";
}

/** The service did not answer. */
export function noteAway(): void {
  connection.value = "away";
}
