import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { batchesOf } from "../../src/domain/batchesOf.js";
import { sendRequest } from "../setup/http.js";
import { startOwnRedis } from "../setup/ownRedis.js";
import { findKeys, openRedis } from "../setup/testRedis.js";
import { startTestService, type TestService } from "../setup/testService.js";
import { IdentityProvider } from "./identityProvider.js";

const PASSWORD = "open sesame";
const basic = (user: string, password: string) => `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
const RIGHT = basic("olga", PASSWORD);

/** Starts a web process behind one trusted proxy. */
async function startBehindProxy(settings: Record<string, string> = {}): Promise<TestService> {
  const operators = { ADMIN_USER: "olga", ADMIN_PASSWORD: PASSWORD };
  const service = await startTestService({ ...operators, TRUST_PROXY: "1", ...settings });
  onTestFinished(() => service.close());
  return service;
}

let service: TestService;
beforeEach(async () => {
  service = await startBehindProxy();
});

/** Sends a request that the proxy forwards for an address. */
const ask = (authorization: string, address: string, { url } = service, path = "/admin/queues") =>
  sendRequest(url + path, { headers: { authorization, "x-forwarded-for": address } });
const statusOf = async (...parameters: Parameters<typeof ask>) => (await ask(...parameters)).status;

/** Wrong passwords that are sent at once. */
const GUESSES_AT_ONCE = 25;

/** Sends wrong passwords. @returns the number of answers with each status */
async function guess(count: number, addressOf: (n: number) => string, user = "olga"): Promise<Record<number, number>> {
  const statuses: number[] = [];
  for (const numbers of batchesOf(Array(count).keys(), GUESSES_AT_ONCE))
    statuses.push(...(await Promise.all(numbers.map((n) => statusOf(basic(user, `guess ${n}`), addressOf(n))))));
  return Object.fromEntries([...new Set(statuses)].map((each) => [each, statuses.filter((s) => s === each).length]));
}

describe("after ten wrong passwords", () => {
  test("an address gets 429 with Retry-After, with the right password too, and other addresses do not", async () => {
    expect(await guess(300, () => "192.0.2.1")).toEqual({ 401: 10, 429: 290 });
    const { status, headers, text } = await ask(RIGHT, "192.0.2.1");
    expect(status).toBe(429);
    const seconds = Number(headers["retry-after"]);
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(60);
    expect(text).toContain(`too many failed logins: try again in ${seconds} s`);
    expect(await statusOf(RIGHT, "192.0.2.2")).toBe(200);
  });

  test("a name gets 429 from addresses with a failure of their own; the operator's address is not locked out", async () => {
    expect(await guess(300, (n) => `192.0.2.${n % 100}`)).toEqual({ 401: 10, 429: 290 });
    expect(await statusOf(RIGHT, "192.0.2.50")).toBe(429);
    expect(await statusOf(basic("olga", "wrong"), "198.51.100.1")).toBe(429);
    expect(await statusOf(RIGHT, "198.51.100.1")).toBe(429);
    expect(await statusOf(RIGHT, "198.51.100.2")).toBe(200);
  });

  test("another name is throttled likewise, so the answer does not reveal the right name", async () => {
    expect(await guess(300, (n) => `192.0.2.${n % 100}`, "otto")).toEqual({ 401: 10, 429: 290 });
    expect(await statusOf(basic("olga", "wrong"), "198.51.100.1")).toBe(401);
  });

  test("all web processes count together", async () => {
    const other = await startBehindProxy({ REDIS_URL: service.redisUrl });
    for (let n = 0; n < 10; n++)
      expect(await statusOf(basic("olga", "wrong"), "192.0.2.1", n % 2 === 0 ? service : other)).toBe(401);
    for (const process of [service, other]) expect(await statusOf(RIGHT, "192.0.2.1", process)).toBe(429);
  });

  test("an IPv6 network counts as one address", async () => {
    await guess(10, (n) => `2001:db8:0:7::${n + 1}`);
    expect(await statusOf(RIGHT, "2001:db8:0:7:1:2:3:4")).toBe(429);
    expect(await statusOf(RIGHT, "2001:db8:0:8::1")).toBe(200);
  });

  test("an address is accepted again when its minute is over", async () => {
    await guess(20, () => "192.0.2.1");
    const redis = openRedis(service.redisUrl);
    onTestFinished(() => redis.disconnect());
    const keys = await findKeys(redis, "*login-failures*");
    // One of the address, and one of the name.
    expect(keys.length).toBe(2);
    for (const key of keys) {
      expect(await redis.pttl(key)).toBeLessThanOrEqual(60_000);
      // Waits for the end of the minute without the wait.
      await redis.pexpire(key, 1);
    }
    await expect.poll(() => findKeys(redis, "*login-failures*")).toEqual([]);
    expect(await statusOf(RIGHT, "192.0.2.1")).toBe(200);
  });
});

test("the wrong passwords of requests to the API count too", async () => {
  const idp = await IdentityProvider.start();
  onTestFinished(() => idp.stop());
  const guarded = await startBehindProxy({ AUTH_OPENID_URL: idp.issuer });
  for (let n = 0; n < 10; n++)
    expect(await statusOf(basic("olga", "wrong"), "192.0.2.1", guarded, "/v1/schedds")).toBe(401);
  expect(await statusOf(RIGHT, "192.0.2.1", guarded, "/v1/schedds")).toBe(429);
  expect(await statusOf(RIGHT, "192.0.2.1", guarded)).toBe(429);
  expect(await statusOf(RIGHT, "192.0.2.2", guarded, "/v1/schedds")).toBe(200);
});

test("without a trusted proxy, X-Forwarded-For is ignored", async () => {
  const direct = await startBehindProxy({ TRUST_PROXY: "" });
  for (let n = 0; n < 10; n++) await ask(basic("olga", "wrong"), `192.0.2.${n}`, direct);
  expect(await statusOf(RIGHT, "192.0.2.99", direct)).toBe(429);
});

test("while Redis is unreachable, a process throttles by its own count", async () => {
  const server = await startOwnRedis();
  const cut = await startBehindProxy({ REDIS_URL: server.url });
  const guessOnce = () => statusOf(basic("olga", "wrong"), "192.0.2.1", cut, "/admin/");
  for (let n = 0; n < 5; n++) expect(await guessOnce()).toBe(401);
  await server.stop();
  for (let n = 5; n < 10; n++) expect(await guessOnce()).toBe(401);
  expect(await guessOnce()).toBe(429);
  expect(await statusOf(RIGHT, "192.0.2.1", cut, "/admin/")).toBe(429);
  expect(await statusOf(RIGHT, "192.0.2.2", cut, "/admin/")).toBe(200);
});
