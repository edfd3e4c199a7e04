import { configDefaults, defineConfig, mergeConfig } from "vitest/config";
import { findPropertyTests, SLOW_TESTS } from "./test/setup/slowTests.js";
import ordinary from "./vitest.config.js";

/** `npm run test:slow`: the slow tests, and the property tests with all their runs. */
const config = mergeConfig(ordinary, defineConfig({ test: { env: { SLOW_TESTS: "1" }, testTimeout: 120_000 } }));
config.test.include = [SLOW_TESTS, ...findPropertyTests()];
config.test.exclude = configDefaults.exclude;
export default config;
