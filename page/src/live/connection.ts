import { signal } from "@preact/signals";

/** How the page learns what happens: told at once, by asking now and then, or not at all for now. */
export type ConnectionState = "live" | "asking" | "away";

export const connectionState = signal<ConnectionState>("asking");
/** When the service was last heard of, in milliseconds; what is shown is as old as that. */
export const lastResponseMs = signal(Date.now());

/** The service answered. */
export function recordResponse(): void {
  lastResponseMs.value = Date.now();
  if (connectionState.value === "away") connectionState.value = "asking";
}

/** The service did not answer. */
export function recordUnreachable(): void {
  connectionState.value = "away";
}
