import { expect, test } from "vitest";
import { ConfigError, readConfig } from "../../src/config/config.js";

const redisOf = (environment: Record<string, string>) => readConfig(environment).redis;
const NO_CREDENTIALS = { username: undefined, password: undefined, tls: undefined };

test("an address is used unchanged", () => {
  expect(redisOf({ REDIS_URL: "rediss://user:secret@redis:6380/3" })).toMatchObject({
    url: "rediss://user:secret@redis:6380/3",
  });
});

test("a cluster is given by some of its nodes", () => {
  expect(redisOf({ REDIS_CLUSTER_NODES: "one:6379, 10.0.0.2:6380,[fd00::3]:6381" })).toEqual({
    clusterNodes: [
      { host: "one", port: 6379 },
      { host: "10.0.0.2", port: 6380 },
      { host: "fd00::3", port: 6381 },
    ],
    login: NO_CREDENTIALS,
  });
  const login = { REDIS_USERNAME: "wms", REDIS_PASSWORD: "secret", REDIS_TLS: "true" };
  expect(redisOf({ REDIS_CLUSTER_NODES: "one:6379", ...login })).toMatchObject({
    login: { username: "wms", password: "secret", tls: {} },
  });
});

test("a master is given by its sentinels", () => {
  expect(
    redisOf({
      REDIS_SENTINELS: "a:26379,b:26379",
      REDIS_SENTINEL_NAME: "wms",
      REDIS_SENTINEL_PASSWORD: "hush",
    }),
  ).toEqual({
    sentinels: [
      { host: "a", port: 26379 },
      { host: "b", port: 26379 },
    ],
    masterName: "wms",
    sentinelPassword: "hush",
    login: NO_CREDENTIALS,
  });
});

test.each([
  [{ REDIS_URL: "redis://a", REDIS_CLUSTER_NODES: "a:1" }, "REDIS_CLUSTER_NODES: can't be combined with REDIS_URL"],
  [
    { REDIS_CLUSTER_NODES: "a:1", REDIS_SENTINELS: "a:1" },
    "REDIS_SENTINELS: can't be combined with REDIS_CLUSTER_NODES",
  ],
  [{ REDIS_CLUSTER_NODES: "a" }, "REDIS_CLUSTER_NODES: is not a comma-separated list of host:port"],
  [{ REDIS_CLUSTER_NODES: "a:1,redis://b:2" }, "REDIS_CLUSTER_NODES: is not a comma-separated list of host:port"],
  [
    { REDIS_SENTINELS: "a:99999", REDIS_SENTINEL_NAME: "wms" },
    "REDIS_SENTINELS: is not a comma-separated list of host:port",
  ],
  [{ REDIS_SENTINELS: "a:1" }, "REDIS_SENTINEL_NAME: must be set too when REDIS_SENTINELS is"],
  [{ REDIS_SENTINEL_NAME: "wms" }, "REDIS_SENTINEL_NAME: needs REDIS_SENTINELS"],
  [
    { REDIS_URL: "redis://a", REDIS_PASSWORD: "secret" },
    "REDIS_PASSWORD: needs REDIS_CLUSTER_NODES or REDIS_SENTINELS",
  ],
  [{ REDIS_TLS: "true" }, "REDIS_TLS: needs REDIS_CLUSTER_NODES or REDIS_SENTINELS"],
])("%j is refused", (environment, message) => {
  expect(() => readConfig(environment)).toThrow(new ConfigError(message));
});

test.each([
  ["unix:///run/redis.sock", "/run/redis.sock"],
  ["unix:/run/redis.sock?db=2", "/run/redis.sock?db=2"],
  ["unix://wms:a%26b@/run/redis%20x.sock?db=2", "/run/redis x.sock?db=2&username=wms&password=a%26b"],
  ["/run/redis.sock?db=2", "/run/redis.sock?db=2"],
])("the socket %s is %s for the client", (url, path) => {
  expect(redisOf({ REDIS_URL: url })).toEqual({ url: path });
});

test.each(["unix://run/redis.sock", "unix:redis.sock", "unix://", "unix:///%"])("%s is refused", (url) => {
  expect(() => readConfig({ REDIS_URL: url })).toThrow(/^REDIS_URL: (expected unix:\/\/\/path of a socket$|write a %)/);
});
