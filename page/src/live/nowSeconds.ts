import { signal } from "@preact/signals";

/** The current time in epoch seconds, updated each second while the page is visible. */
export const nowSeconds = signal(Date.now() / 1000);

setInterval(() => {
  if (!document.hidden) nowSeconds.value = Date.now() / 1000;
}, 1000);
