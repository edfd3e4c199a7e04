import { configDefaults, defineConfig } from "vitest/config";
import { SlowestFirst } from "./test/setup/slowestFirst.js";
import { SLOW_TESTS } from "./test/setup/slowTests.js";

/** `npm test`: all tests but the slow ones. */
export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: [...configDefaults.exclude, SLOW_TESTS],
    globalSetup: ["test/setup/redis.ts", "test/setup/build.ts"],
    setupFiles: ["test/setup/releaseDatabases.ts"],
    // Files share only the Redis server, where each file leases databases of its own.
    pool: "forks",
    // A file leaves nothing behind in its process. So the service is loaded once for each process, not for each file.
    isolate: false,
    // Twice the cores of a small machine: many tests wait for something to happen elsewhere.
    maxWorkers: 4,
    sequence: { sequencer: SlowestFirst },
    testTimeout: 30_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 15_000 } },
    reporters: ["default", "./test/setup/reporter.ts"],
  },
});
