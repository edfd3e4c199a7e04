import { build } from "vite";

/** Builds the page to `dist/page/`, once for the whole run: it takes less than a second, and services find it there. */
export default async function setUp(): Promise<void> {
  await build({ configFile: "page/vite.config.ts", logLevel: "warn" });
}
