import { signal } from "@preact/signals";

/** How the page receives changes: by a stream of events, by polling, or not at all. */
export type ConnectionState = "live" | "polling" | "disconnected";

export const connectionState = signal<ConnectionState>("polling");
/** Time of the last response or event in epoch milliseconds: the age of the page's contents. */
export const lastResponseMs = signal(Date.now());

/** Records a response or event of the service. */
export function recordResponse(): void {
  lastResponseMs.value = Date.now();
  if (connectionState.value === "disconnected") connectionState.value = "polling";
}

/** Records that the service is unreachable. */
export function recordUnreachable(): void {
  connectionState.value = "disconnected";
}
