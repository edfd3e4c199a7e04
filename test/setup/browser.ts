import type { Browser } from "playwright-core";
import { openBrowser } from "../../scripts/browser/chromium.js";

let browser: Promise<Browser> | undefined;

/**
 * Returns the Chromium that all test files of a worker process share. It starts on first use and ends with the process.
 * A test opens contexts of its own in it, and its file ends with {@link closeContexts}.
 */
export function sharedBrowser(): Promise<Browser> {
  browser ??= openBrowser();
  return browser;
}

/** Closes all contexts of the shared browser. A page that stays open keeps reconnecting to a service that has ended. */
export async function closeContexts(): Promise<void> {
  await Promise.all((await browser)?.contexts().map((context) => context.close()) ?? []);
}
