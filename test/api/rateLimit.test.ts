import express, { type ErrorRequestHandler } from "express";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { createServer } from "../../src/api/http/httpServer.js";
import { createRateLimitHandlers } from "../../src/api/http/rateLimit.js";
import { DrainController, requestContextOf, trackRequests } from "../../src/api/http/requestContext.js";
import { sendError, toHttpError } from "../../src/api/http/responses.js";
import { closeServer, listen } from "../../src/app/httpListener.js";
import { WmsError } from "../../src/domain/wmsError.js";
import { createRateLimiter } from "../../src/redis/rateLimiter.js";
import { freshDatabase } from "../setup/database.js";
import { findKeys, openRedis } from "../setup/testRedis.js";
import { waitForValue } from "../setup/waitFor.js";
import { type ApiFixture, startApiFixture } from "./apiFixture.js";
import { startRedisProxy } from "./redisProxy.js";

const PER_MINUTE = 3;
const SETTINGS = { RATE_LIMIT_PER_MINUTE: String(PER_MINUTE), TRUST_PROXY: "1" };

let fixture: ApiFixture;
beforeAll(async () => {
  fixture = await startApiFixture(SETTINGS);
});
afterAll(() => fixture.close());

/** The statuses of `count` consecutive requests that a proxy forwards for an address. */
async function statuses(address: string, count = PER_MINUTE, { client } = fixture): Promise<number[]> {
  const got: number[] = [];
  for (let n = 0; n < count; n++)
    got.push((await client.request("GET", "/v1/", { headers: { "x-forwarded-for": address } })).status);
  return got;
}

describe("with RATE_LIMIT_PER_MINUTE", () => {
  it("a caller that sends more gets a 429 with Retry-After, and others do not", async () => {
    expect(await statuses("192.0.2.1")).toEqual([200, 200, 200]);
    const answer = await fixture.client.request("GET", "/v1/", {
      headers: { "x-forwarded-for": "192.0.2.1" },
    });
    const wait = Number(answer.headers["retry-after"]);
    expect(answer).toMatchObject({
      status: 429,
      reason: `too many requests: at most 3 in a minute, try again in ${wait} s`,
    });
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(60);
    expect(await statuses("192.0.2.2")).toEqual([200, 200, 200]);
  });

  it("every route for callers counts, before its body is read", async () => {
    const headers = { "x-forwarded-for": "192.0.2.3" };
    await statuses("192.0.2.3");
    for (const [path, operations] of Object.entries(fixture.client.document.paths)) {
      if (/^\/(healthz|readyz)$/.test(path)) continue;
      for (const method of Object.keys(operations)) {
        const sent = { headers, body: "no JSON" };
        const answer = await fixture.client.request(method.toUpperCase(), path.replace(/\{\w+\}/, "x"), sent);
        expect([method, path, answer.status]).toEqual([method, path, 429]);
      }
    }
  });

  it("health checks, documentation and unknown paths do not count", async () => {
    const headers = { "x-forwarded-for": "192.0.2.4" };
    await statuses("192.0.2.4", PER_MINUTE + 1);
    for (const path of ["/healthz", "/readyz", "/docs/"])
      expect((await fixture.client.request("GET", path, { headers })).status).toBe(200);
    expect((await fixture.client.request("GET", "/nope", { headers })).status).toBe(404);
  });

  it("all web processes count together", async () => {
    const other = await startApiFixture({ ...SETTINGS, REDIS_URL: fixture.service.redisUrl });
    try {
      expect(await statuses("192.0.2.5", 2)).toEqual([200, 200]);
      expect(await statuses("192.0.2.5", 2, other)).toEqual([200, 429]);
      expect(await statuses("192.0.2.5", 1)).toEqual([429]);
    } finally {
      await other.close();
    }
  });

  it("all notations of an IPv4 address count as one sender, and so does an IPv6 network", async () => {
    expect(await statuses("192.0.2.6")).toEqual([200, 200, 200]);
    expect(await statuses("::ffff:192.0.2.6", 1)).toEqual([429]);
    expect(await statuses("2001:0DB8:0:7::1")).toEqual([200, 200, 200]);
    expect(await statuses("2001:db8::7:1:2:3:4", 1)).toEqual([429]);
    expect(await statuses("2001:db8:0:8::1")).toEqual([200, 200, 200]);
  });

  it("without TRUST_PROXY, X-Forwarded-For is ignored", async () => {
    const direct = await startApiFixture({ RATE_LIMIT_PER_MINUTE: String(PER_MINUTE) });
    try {
      const answers = [];
      for (const n of [1, 2, 3, 4]) answers.push(...(await statuses(`192.0.2.${n}`, 1, direct)));
      expect(answers).toContain(429);
    } finally {
      await direct.close();
    }
  });

  it.each(["disconnect", "freeze"] as const)(
    "while Redis is unreachable (%s) no request is limited, and all count again afterwards",
    async (breakIt) => {
      const proxy = await startRedisProxy(await freshDatabase());
      const own = await startApiFixture({ ...SETTINGS, REDIS_URL: proxy.url });
      try {
        await proxy[breakIt]();
        expect(await statuses("192.0.2.1", 5, own)).toEqual([200, 200, 200, 200, 200]);
        expect(await own.client.get("/v1/workflows/WF-65f00000-00000000")).toMatchObject({ status: 503 });
        await proxy.restore();
        await waitForValue(
          "counted again",
          () => statuses("192.0.2.1", 1, own),
          ([status]) => status === 429,
        );
      } finally {
        await proxy.restore();
        await own.close();
        await proxy.close();
      }
    },
  );
});

it("without it, a caller may send any number of requests", async () => {
  const unlimited = await startApiFixture({ TRUST_PROXY: "1" });
  try {
    expect(await statuses("192.0.2.1", 50, unlimited)).toEqual(Array(50).fill(200));
    const redis = openRedis(unlimited.service.redisUrl);
    expect(await findKeys(redis, "wms:requests:*")).toEqual([]);
    redis.disconnect();
  } finally {
    await unlimited.close();
  }
});

describe("authenticated callers", () => {
  /** Authenticates a request as its `x-subject`, unless that is `invalid`. */
  async function start(): Promise<(subject: string) => Promise<number>> {
    const redis = openRedis(await freshDatabase());
    const app = express();
    app.use(trackRequests([], new DrainController()), ({ headers }, response, next) => {
      if (headers["x-subject"] === "invalid") throw new WmsError("unauthenticated", "no such token");
      requestContextOf(response).caller = { subject: String(headers["x-subject"]), roles: new Set(["user"]) };
      next();
    });
    app.use(...createRateLimitHandlers(createRateLimiter(redis, PER_MINUTE)));
    app.get("/", (_request, response) => void response.end());
    const answerError: ErrorRequestHandler = (error, _request, response, _next) =>
      sendError(response, toHttpError(error));
    app.use(answerError);
    const server = createServer(app);
    const url = await listen(server, "127.0.0.1", 0);
    onTestFinished(async () => {
      await closeServer(server, AbortSignal.timeout(5000));
      redis.disconnect();
    });
    return async (subject) => (await fetch(url, { headers: { "x-subject": subject } })).status;
  }

  it("have one limit each, for all addresses", async () => {
    const send = await start();
    for (const subject of ["alice", "bob"]) {
      for (let n = 0; n < PER_MINUTE; n++) expect(await send(subject)).toBe(200);
      expect(await send(subject)).toBe(429);
    }
  });

  it("invalid tokens count for the sender's address, and not for authenticated callers", async () => {
    const send = await start();
    for (let n = 0; n < PER_MINUTE; n++) expect(await send("invalid")).toBe(401);
    expect(await send("invalid")).toBe(429);
    expect(await send("alice")).toBe(200);
  });
});
