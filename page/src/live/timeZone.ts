import { signal } from "@preact/signals";

const STORAGE_KEY = "ewms.time-zone";

/** Whether times are shown in UTC, instead of the zone of the browser. The choice is kept in the browser. */
export const showsUtc = signal(readChoice());

/** Switches between UTC and the zone of the browser. */
export function switchTimeZone(): void {
  showsUtc.value = !showsUtc.value;
  try {
    localStorage.setItem(STORAGE_KEY, showsUtc.value ? "utc" : "local");
  } catch {
    // The browser allows no storage: the choice lasts as long as the page.
  }
}

function readChoice(): boolean {
  try {
    return localStorage.getItem(STORAGE_KEY) === "utc";
  } catch {
    return false;
  }
}
