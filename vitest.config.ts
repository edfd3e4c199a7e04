import { defineConfig } from "vitest/config";
import { SlowestFirst } from "./test/setup/slowestFirst.js";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/setup/redis.ts", "test/setup/build.ts"],
    setupFiles: ["test/setup/releaseDatabases.ts"],
    // Files share nothing but the Redis server, where each takes databases of its own.
    pool: "forks",
    // Nor does a file leave anything behind in its process, so the service is loaded twice and not once for each file.
    isolate: false,
    // One more than a small machine has cores: many tests wait for something to happen elsewhere.
    maxWorkers: 3,
    sequence: { sequencer: SlowestFirst },
    testTimeout: 30_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 15_000 } },
    reporters: ["default", "./test/setup/reporter.ts"],
  },
});
