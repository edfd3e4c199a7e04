import { describe, expect, test } from "vitest";
import { ConfigError, readConfig } from "../../src/config/config.js";
import { describeSettings } from "../../src/config/settings.js";

describe("without any setting", () => {
  const config = readConfig({});

  test("the documented defaults hold", () => {
    expect(config).toMatchObject({
      isProduction: false,
      host: "127.0.0.1",
      port: 8080,
      redis: undefined,
      trustedProxies: undefined,
      limits: {
        headBytes: 16 * 1024,
        headSeconds: 20,
        requestSeconds: 120,
        responseSeconds: 300,
        bodyBytes: 32 * 1024 * 1024,
        bodyValues: 1_000_000,
        queryBodyBytes: 4 * 1024 * 1024,
        connections: 2000,
        connectionsPerAddress: 500,
      },
      rateLimitPerMinute: 0,
      lifecycle: {
        queryMaxBytes: 10 * 1024 * 1024,
        entityMaxBytes: 1_048_576,
        queryMaxScan: 100_000,
        actionRetries: 2,
        retryWaitSeconds: 30,
      },
      leaseSeconds: 300,
      reconcileSeconds: 60,
      partitions: 16,
      webConcurrency: 1,
      logLevel: "info",
    });
    expect(config.mqs).toMatchObject({ address: undefined, credentials: undefined, activationRetryWaitSeconds: 60 });
  });

  test("there are test clusters, but not in production", () => {
    expect(config.lifecycle.clusters).toHaveProperty("test-alpha", { schedd: "SCHEDD1" });
    const production = readConfig({ NODE_ENV: "production", AUTH_DISABLED: "true" });
    expect(Object.keys(production.lifecycle.clusters).sort()).toEqual(["OSG", "osg", "sub-2"]);
  });
});

test("an empty variable counts as unset", () => {
  expect(readConfig({ REDIS_URL: "", REST_PORT: "" })).toMatchObject({ redis: undefined, port: 8080 });
});

test("CLUSTER_LOCATIONS replaces the default", () => {
  const { lifecycle } = readConfig({ CLUSTER_LOCATIONS: '{"a": {"schedd": "S"}, "b": {"alias_of": "a"}}' });
  expect(Object.keys(lifecycle.clusters)).toEqual(["a", "b"]);
});

test.each<[string, unknown]>([
  ["1", 1],
  ["12", 12],
  ["loopback", ["loopback"]],
  ["10.0.0.7, 10.1.0.0/16,2001:db8::/32", ["10.0.0.7", "10.1.0.0/16", "2001:db8::/32"]],
])("TRUST_PROXY=%s", (TRUST_PROXY, trustedProxies) => {
  expect(readConfig({ TRUST_PROXY })).toMatchObject({ trustedProxies });
});

test("secrets are listed, with the passwords in addresses, for the log to mask", () => {
  const { secrets } = readConfig({
    REDIS_URL: "rediss://user:p%40ssword@host/2?password=another1",
    MQS_TOKEN_URL: "https://idp.example.org/token",
    MQS_CLIENT_ID: "not-secret",
    MQS_CLIENT_SECRET: "client-secret",
    MQS_BROKER_AUTH_TOKEN: "short",
  });
  expect(secrets.sort()).toEqual(["another1", "client-secret", "p%40ssword", "p@ssword"]);
});

test("no error shows the value of a setting", () => {
  // Rules are not secret, and the error has to quote the invalid one.
  const names = describeSettings().flatMap(({ name }) => (/^AUTH_ROLE_|_GROUPS$/.test(name) ? [] : [name]));
  const refused = names.flatMap((name) => {
    try {
      readConfig({ [name]: "shown://user:shown@shown" });
      return [];
    } catch (error) {
      return [(error as ConfigError).message];
    }
  });
  expect(refused.length).toBeGreaterThan(10);
  for (const message of refused) expect(message).not.toContain("shown");
});

test("no error has words of the validation library", () => {
  const names = describeSettings().map(({ name }) => name);
  for (const name of names)
    for (const value of ["-1", "x", "{}", "[1]", "1e99"])
      try {
        readConfig({ [name]: value });
      } catch (error) {
        expect((error as ConfigError).message).not.toMatch(/Invalid|NaN|received|Too (big|small)|Unrecognized/);
      }
});

describe("the error names an invalid setting", () => {
  test.each([
    [{ REST_PORT: "http" }, /^REST_PORT: expected a port number from 0 to 65535, got "http"$/],
    [{ RECONCILE_SECONDS: "3000000" }, /^RECONCILE_SECONDS: expected seconds from [\d.]+ to 2000000, got "3000000"$/],
    [{ REST_PORT: "70000" }, /^REST_PORT: /],
    [{ STORE_PARTITIONS: "0" }, /^STORE_PARTITIONS: expected an integer from 1 to \d+, got "0"$/],
    [{ TMS_LEASE_SECONDS: "-1" }, /^TMS_LEASE_SECONDS: /],
    ...["true", "0", "100", "proxy.example.org", "10.0.0.0/33", "10.0.0.0/0", "10.0.0.1,", "::/129", "1.2.3.4/8/8"].map(
      (TRUST_PROXY): [object, RegExp] => [{ TRUST_PROXY }, /^TRUST_PROXY: is neither a number of proxies/],
    ),
    [{ REQUEST_MAX_HEAD_BYTES: "100" }, /^REQUEST_MAX_HEAD_BYTES: /],
    [{ REQUEST_SECONDS: "0" }, /^REQUEST_SECONDS: /],
    [{ ANSWER_SECONDS: "1e9" }, /^ANSWER_SECONDS: /],
    [{ MAX_CONNECTIONS: "0" }, /^MAX_CONNECTIONS: /],
    [{ RATE_LIMIT_PER_MINUTE: "-1" }, /^RATE_LIMIT_PER_MINUTE: /],
    [{ LOG_LEVEL: "loud" }, /^LOG_LEVEL: expected one of trace, debug, .*, got "loud"$/],
    [{ WEB_CONCURRENCY: "0" }, /^WEB_CONCURRENCY: /],
    [{ WEB_CONCURRENCY: "1.5" }, /^WEB_CONCURRENCY: /],
    [{ WEB_CONCURRENCY: "many" }, /^WEB_CONCURRENCY: /],
    [{ MQS_ADDRESS: "https://user@mqs.example.org" }, /^MQS_ADDRESS: must not hold a user or a password$/],
    [{ MQS_ADDRESS: "mqs.example.org" }, /^MQS_ADDRESS: is not an http\(s\) address$/],
    [{ CLUSTER_LOCATIONS: "{" }, /^CLUSTER_LOCATIONS: is not JSON/],
    [{ CLUSTER_LOCATIONS: '{"a": {"alias_of": "b"}}' }, /^CLUSTER_LOCATIONS\.a\.alias_of: /],
    [{ MQS_CLIENT_ID: "id" }, /^MQS_TOKEN_URL, MQS_CLIENT_SECRET: must be set too/],
    [{ METRICS_TOKEN: "two words" }, /^METRICS_TOKEN: must consist of visible/],
    [{ METRICS_PORT: "-1" }, /^METRICS_PORT: /],
    [{ RETENTION_DAYS: "0" }, /^RETENTION_DAYS: expected days, more than 0 and up to 36500, got "0"$/],
    [{ RETENTION_DAYS: "90d" }, /^RETENTION_DAYS: /],
    [{ TOMBSTONE_DAYS: "-1" }, /^TOMBSTONE_DAYS: /],
    [{ RETENTION_DAYS: "90" }, /^ARCHIVE_DIR: must be set, because RETENTION_DAYS is; none removes workflows without/],
  ])("%j", (environment, message) => {
    const read = () => readConfig(environment as Record<string, string>);
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(message);
  });
});

test("no workflow is removed, unless retention is set", () => {
  expect(readConfig({ ARCHIVE_DIR: "/archive" }).retention).toBeUndefined();
  expect(readConfig({ RETENTION_DAYS: "0.5", ARCHIVE_DIR: "/archive" }).retention).toEqual({
    days: 0.5,
    archiveDir: "/archive",
  });
  expect(readConfig({ RETENTION_DAYS: "90", ARCHIVE_DIR: "none" }).retention).toEqual({
    days: 90,
    archiveDir: undefined,
  });
});
