import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { newWorkflowId } from "../../src/domain/ids.js";
import type { Mqs } from "../../src/domain/mqProfile.js";
import { WmsError } from "../../src/domain/wmsError.js";
import { createHttpMqs } from "../../src/mqs/httpMqs.js";
import { recordingLog } from "../setup/recordingLog.js";
import { advanceClocks, restoreClocks, simulateClocks } from "../setup/simulatedClocks.js";
import {
  dropResponse,
  garbageResponse,
  hangResponse,
  type ScriptedMqs,
  startScriptedMqs,
  statusResponse,
} from "./scriptedMqs.js";

const client = { clientId: "wms", clientSecret: "s3cret +&:%ü" };
const workflow = newWorkflowId(1_700_000_000);

let server: ScriptedMqs;
let lines: string[];

async function start(expiresIn?: number): Promise<Mqs> {
  server = await startScriptedMqs({
    demand: { ...client, ...(expiresIn === undefined ? {} : { expiresIn }) },
  });
  return connect();
}

function connect(options: { clientSecret?: string; timeoutMs?: number; tokenUrl?: string } = {}): Mqs {
  const recording = recordingLog();
  lines = recording.lines;
  return createHttpMqs({
    address: server.address,
    credentials: {
      tokenUrl: options.tokenUrl ?? server.tokenUrl,
      clientId: client.clientId,
      clientSecret: options.clientSecret ?? client.clientSecret,
    },
    timeoutMs: options.timeoutMs ?? 10_000,
    log: recording.log,
  });
}

const reserve = (mqs: Mqs) => mqs.reserve(workflow, ["in"], []);
const errorKind = (call: Promise<unknown>) =>
  call.then(
    () => "succeeded",
    (error: unknown) => (error instanceof WmsError ? error.kind : error),
  );
const tokensUsed = () => server.callsOf("reservation").map(({ authorization }) => authorization);

beforeEach(() => {
  simulateClocks();
});
afterEach(async () => {
  restoreClocks();
  await server.close();
});

describe("a token", () => {
  test("is requested with the client's credentials, and used until it expires", async () => {
    const mqs = await start(300);
    for (let time = 0; time < 3; time++) await reserve(mqs);

    expect(server.callsOf("token")).toMatchObject([
      {
        body: {
          grant_type: "client_credentials",
          client_id: client.clientId,
          client_secret: client.clientSecret,
        },
      },
    ]);
    expect(tokensUsed()).toEqual(Array(3).fill("Bearer token-1"));
  });

  test.each(["", "/"])(
    "comes from the endpoint that the issuer's discovery document names (issuer + %j)",
    async (end) => {
      await start(300);
      const mqs = connect({ tokenUrl: server.address + end });
      for (let time = 0; time < 2; time++) await reserve(mqs);
      expect(server.callsOf("token")).toHaveLength(1);
      expect(tokensUsed()).toEqual(Array(2).fill("Bearer token-1"));
      expect(lines.map((line) => JSON.parse(line))).toContainEqual(
        expect.objectContaining({ tokenEndpoint: server.tokenUrl, source: "discovery" }),
      );
    },
  );

  test("is requested again by discovery after an issuer that failed", async () => {
    await start(300);
    server.script("token", "*", statusResponse(503));
    const mqs = connect({ tokenUrl: server.address });
    expect(await errorKind(reserve(mqs))).toBe("unavailable");
    await reserve(mqs);
    expect(tokensUsed()).toEqual(["Bearer token-1"]);
  });

  test("is renewed shortly before it expires", async () => {
    const mqs = await start(300);
    await reserve(mqs);
    advanceClocks(280);
    await reserve(mqs);
    advanceClocks(15);
    await reserve(mqs);
    expect(tokensUsed()).toEqual(["Bearer token-1", "Bearer token-1", "Bearer token-2"]);
  });

  test("without a lifetime is used for a minute", async () => {
    const mqs = await start();
    await reserve(mqs);
    advanceClocks(45);
    await reserve(mqs);
    advanceClocks(15);
    await reserve(mqs);
    expect(tokensUsed()).toEqual(["Bearer token-1", "Bearer token-1", "Bearer token-2"]);
  });

  test("is requested once for concurrent callers", async () => {
    const mqs = await start(300);
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => reserve(mqs)));
    expect(outcomes).toHaveLength(20);
    expect(server.callsOf("token")).toHaveLength(1);
  });

  test("that the MQS refuses is replaced, and the request repeated", async () => {
    const mqs = await start(300);
    await reserve(mqs);
    server.revokeTokens();
    expect(await reserve(mqs)).toMatchObject([{ alias: "in" }]);
    expect(tokensUsed()).toEqual(["Bearer token-1", "Bearer token-1", "Bearer token-2"]);
  });

  test("that the MQS refuses twice is not replaced again", async () => {
    const mqs = await start(300);
    server.script("reservation", "*", statusResponse(401), statusResponse(401));
    expect(await errorKind(reserve(mqs))).toBe("upstream-refused");
    expect(tokensUsed()).toEqual(["Bearer token-1", "Bearer token-2"]);
  });

  test("is requested again after a broken connection to the token service", async () => {
    const mqs = await start(300);
    server.script("token", "*", dropResponse);
    expect(await reserve(mqs)).toHaveLength(1);
    expect(server.callsOf("token")).toHaveLength(2);
  });
});

describe("without a token the MQS gets no request, and a later one may succeed:", () => {
  test.each([
    ["the token service fails", statusResponse(500)],
    ["it returns a proxy's page", garbageResponse],
    ["its response has no token", statusResponse(200, { token_type: "Bearer" })],
    ["its token can't be a header", statusResponse(200, { access_token: "line 1\nline 2" })],
  ])("%s", async (_, response) => {
    const mqs = await start(300);
    server.script("token", "*", response);
    expect(await errorKind(reserve(mqs))).toBe("unavailable");
    expect(server.callsOf("reservation")).toEqual([]);
    expect(await errorKind(reserve(mqs))).toBe("succeeded");
  });

  test("it does not respond in time", async () => {
    await start(300);
    const mqs = connect({ timeoutMs: 200 });
    server.script("token", "*", hangResponse);
    expect(await errorKind(reserve(mqs))).toBe("unavailable");
    expect(server.callsOf("reservation")).toEqual([]);
  });

  test("it does not know the client", async () => {
    await start(300);
    const mqs = connect({ clientSecret: "wrong" });
    expect(await errorKind(reserve(mqs))).toBe("unavailable");
    expect(server.callsOf("reservation")).toEqual([]);
  });
});

test("neither the log nor an error holds a token or the secret", async () => {
  const mqs = await start(300);
  server.script("token", "*", statusResponse(500), statusResponse(200, { access_token: "token-of\nlines" }));
  server.script(
    "reservation",
    "*",
    dropResponse,
    dropResponse,
    dropResponse,
    statusResponse(401),
    statusResponse(401),
    statusResponse(500),
    garbageResponse,
  );
  const messages: string[] = [];
  for (let time = 0; time < 6; time++)
    await reserve(mqs).catch((error: Error) => messages.push(`${error.message} ${error.cause}`));

  expect(messages).toHaveLength(6);
  expect(lines.length).toBeGreaterThanOrEqual(6);
  expect([...messages, ...lines].join("\n")).not.toMatch(/token-|s3cret/);
});
