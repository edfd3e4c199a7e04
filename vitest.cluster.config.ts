import { configDefaults, defineConfig, mergeConfig } from "vitest/config";
import { EXCLUDED_TESTS } from "./test/cluster/excludedTests.js";
import ordinary from "./vitest.config.js";

/** `npm run test:cluster`: fast and slow tests, where each database is a Redis Cluster. */
const config = mergeConfig(ordinary, defineConfig({ test: { env: { SLOW_TESTS: "1" } } }));
config.test.exclude = [...configDefaults.exclude, ...Object.keys(EXCLUDED_TESTS)];
config.test.globalSetup = ["test/setup/clusters.ts", "test/setup/build.ts"];
export default config;
