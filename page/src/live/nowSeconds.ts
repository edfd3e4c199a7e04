import { signal } from "@preact/signals";

/** The time, in epoch seconds, for what is told as "so far". */
export const nowSeconds = signal(Date.now() / 1000);

setInterval(() => {
  if (!document.hidden) nowSeconds.value = Date.now() / 1000;
}, 1000);
