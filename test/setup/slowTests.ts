import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Files that take long, such as chaos and fuzz tests. `npm run test:slow` and `npm run test:cluster` run them. */
export const SLOW_TESTS = "test/**/*.slow.test.ts";

/** Finds the files whose property tests make fewer runs in `npm test` than in `npm run test:slow`. */
export const findPropertyTests = (): string[] =>
  readdirSync("test", { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".test.ts"))
    .map((file) => join("test", file))
    .filter((file) => readFileSync(file, "utf8").includes("propertyRuns("));
