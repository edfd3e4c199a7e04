import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Files that drive a browser, or take more than ten seconds: most start and stop processes, wait for time limits, or inject
 * faults. `npm run test:slow` and `npm run test:cluster` run them.
 */
export const SLOW_TESTS = "test/**/*.slow.test.ts";

/** Finds the files whose property tests make fewer runs in `npm test` than in `npm run test:slow`. */
export const findPropertyTests = (): string[] =>
  readdirSync("test", { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".test.ts"))
    .map((file) => join("test", file))
    .filter((file) => readFileSync(file, "utf8").includes("propertyRuns("));
