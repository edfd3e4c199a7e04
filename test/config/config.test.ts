import { describe, expect, test } from "vitest";
import { ConfigError, readConfig } from "../../src/config/config.js";

describe("without any setting", () => {
  const config = readConfig({});

  test("the documented defaults hold", () => {
    expect(config).toMatchObject({
      production: false,
      host: "127.0.0.1",
      port: 8080,
      redisUrl: undefined,
      queryMaxBytes: 10 * 1024 * 1024,
      tms: { actionRetries: 2, leaseSeconds: 300, retryWait: 30 },
      reconcileSeconds: 60,
      partitions: 16,
      logLevel: "info",
    });
    expect(config.mqs).toMatchObject({ address: undefined, credentials: undefined, activationRetryWait: 60 });
  });

  test("the test clusters are known, but not in production", () => {
    expect(config.clusters).toHaveProperty("test-alpha", { schedd: "SCHEDD1" });
    const production = readConfig({ NODE_ENV: "production", AUTH_DISABLED: "true" });
    expect(Object.keys(production.clusters).sort()).toEqual(["OSG", "osg", "sub-2"]);
  });
});

test("an empty variable counts as unset", () => {
  expect(readConfig({ REDIS_URL: "", REST_PORT: "" })).toMatchObject({ redisUrl: undefined, port: 8080 });
});

test("CLUSTER_LOCATIONS replaces the default", () => {
  const { clusters } = readConfig({ CLUSTER_LOCATIONS: '{"a": {"schedd": "S"}, "b": {"alias_of": "a"}}' });
  expect(Object.keys(clusters)).toEqual(["a", "b"]);
});

describe("a setting that can't be used is named", () => {
  test.each([
    [{ REST_PORT: "eighty" }, /^REST_PORT: /],
    [{ RECONCILE_SECONDS: "3000000" }, /^RECONCILE_SECONDS: .*2000000/],
    [{ REST_PORT: "70000" }, /^REST_PORT: /],
    [{ STORE_PARTITIONS: "0" }, /^STORE_PARTITIONS: /],
    [{ TMS_LEASE_SECONDS: "-1" }, /^TMS_LEASE_SECONDS: /],
    [{ LOG_LEVEL: "loud" }, /^LOG_LEVEL: /],
    [{ MQS_ADDRESS: "mqs.example.org" }, /^MQS_ADDRESS: is no http/],
    [{ CLUSTER_LOCATIONS: "{" }, /^CLUSTER_LOCATIONS: is not JSON/],
    [{ CLUSTER_LOCATIONS: '{"a": {"alias_of": "b"}}' }, /^CLUSTER_LOCATIONS\.a\.alias_of: /],
    [{ MQS_CLIENT_ID: "id" }, /^MQS_TOKEN_URL, MQS_CLIENT_SECRET: must be set too/],
    [{ METRICS_TOKEN: "two words" }, /^METRICS_TOKEN: holds blanks/],
    [{ METRICS_PORT: "-1" }, /^METRICS_PORT: /],
  ])("%j", (environment, message) => {
    const read = () => readConfig(environment as Record<string, string>);
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(message);
  });
});
