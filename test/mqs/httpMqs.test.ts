import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { newWorkflowId, type WorkflowId } from "../../src/domain/ids.js";
import type { Mqs } from "../../src/domain/mqProfile.js";
import { WmsError } from "../../src/domain/wmsError.js";
import { createHttpMqs } from "../../src/mqs/httpMqs.js";
import { recordingLog } from "../setup/recordingLog.js";
import {
  dropResponse,
  garbageResponse,
  hangResponse,
  type ScriptedMqs,
  type ScriptedResponse,
  stallResponse,
  startScriptedMqs,
  statusResponse,
  tryAgainLaterResponse,
} from "./scriptedMqs.js";

let server: ScriptedMqs;
let mqs: Mqs;
let workflow: WorkflowId;
let lines: string[];

/** A short time-out for tests that wait for it. */
const SHORT_TIMEOUT_MS = 200;

const clientOf = (address: string, timeoutMs?: number): Mqs => {
  const recording = recordingLog();
  lines = recording.lines;
  return createHttpMqs({ address, log: recording.log, ...(timeoutMs === undefined ? {} : { timeoutMs }) });
};

beforeEach(async () => {
  server = await startScriptedMqs();
  mqs = clientOf(server.address);
  workflow = newWorkflowId(Date.now() / 1000);
});
afterEach(() => server.close());

async function errorOf(call: Promise<unknown>): Promise<WmsError> {
  const error = await call.then(
    () => expect.fail("the call succeeded"),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(WmsError);
  return error as WmsError;
}

describe("reservation", () => {
  test("returns one profile for each alias, in the order of the aliases", async () => {
    const profiles = await mqs.reserve(workflow, ["in", "out"], ["out"]);

    expect(profiles).toMatchObject([
      { alias: "in", workflow_id: workflow, is_public: false, is_activated: false, auth_token: null },
      { alias: "out", workflow_id: workflow, is_public: true, broker_type: null, broker_address: null },
    ]);
    expect(server.calls).toMatchObject([
      {
        kind: "reservation",
        path: `/v1/mqs/workflows/${workflow}/mq-group/reservation`,
        body: { queue_aliases: ["in", "out"], public: ["out"] },
        authorization: undefined,
      },
    ]);
  });

  test("returns the same queues again, without those of other aliases", async () => {
    const [, out] = await mqs.reserve(workflow, ["in", "out"], []);
    expect(await mqs.reserve(workflow, ["out"], [])).toEqual([out]);
  });

  test.each(["__proto__", "constructor", "two words", "a/b?c#d", "Ereignis-Größe ☃ 🧊", ""])(
    "accepts the alias %j",
    async (alias) => {
      const profiles = await mqs.reserve(workflow, [alias], [alias]);
      expect(profiles).toMatchObject([{ alias, is_public: true }]);
    },
  );

  test("keeps unknown fields", async () => {
    const [profile] = await mqs.reserve(workflow, ["in"], []);
    server.script(
      "reservation",
      workflow,
      statusResponse(200, { mqgroup: {}, mqprofiles: [{ ...profile, colour: "red" }] }),
    );
    expect(await mqs.reserve(workflow, ["in"], [])).toEqual([{ ...profile, colour: "red" }]);
  });

  test("is incomplete when an alias has no profile, or two", async () => {
    const [one, two] = await mqs.reserve(workflow, ["in", "out"], []);
    for (const mqprofiles of [[one], [one, two, { ...two, mqid: "another" }], []]) {
      server.script("reservation", workflow, statusResponse(200, { mqgroup: {}, mqprofiles }));
      expect((await errorOf(mqs.reserve(workflow, ["in", "out"], []))).kind).toBe("unavailable");
    }
  });
});

test("only the fields of a profile that are used are required, and the others are passed on", async () => {
  const profile = { mqid: "MQ-1", alias: "in", flavour: { of: "another release" } };
  server.script("reservation", "*", statusResponse(200, { mqprofiles: [profile] }));
  server.script("activation", "*", statusResponse(200, { mqprofiles: [profile] }));
  server.script("profile", "*", statusResponse(200, profile));
  expect(await mqs.reserve(workflow, ["in"], [])).toEqual([profile]);
  expect(await mqs.activate(workflow, 50)).toEqual([profile]);
  expect(await mqs.profile("MQ-1")).toEqual(profile);
});

test("the log names the field of an unexpected answer", async () => {
  server.script("reservation", "*", statusResponse(200, { mqprofiles: [{ mqid: "MQ-1", alias: 5 }] }));
  await errorOf(mqs.reserve(workflow, ["in"], []));
  expect(lines.map((line) => JSON.parse(line).fault)).toEqual([expect.stringMatching(/^mqprofiles\.0\.alias: /)]);
});

describe("activation", () => {
  test("sends the priority, and returns the activated profiles", async () => {
    const reserved = await mqs.reserve(workflow, ["in", "out"], []);

    const profiles = await mqs.activate(workflow, 70);

    expect(profiles).toMatchObject(
      reserved.map(({ mqid }) => ({ mqid, is_activated: true, auth_token: `token-of-${mqid}` })),
    );
    expect(server.callsOf("activation")).toMatchObject([{ workflow, body: { criteria: { priority: 70 } } }]);
    expect(await mqs.activate(workflow, 70)).toEqual(profiles);
  });

  test("may need a later retry", async () => {
    await mqs.reserve(workflow, ["in"], []);
    server.script("activation", workflow, tryAgainLaterResponse);
    expect(await mqs.activate(workflow, 50)).toBe("try-again-later");
    expect(await mqs.activate(workflow, 50)).toMatchObject([{ alias: "in", is_activated: true }]);
  });

  test("is incomplete while a queue is closed, or the response has none", async () => {
    const closed = await mqs.reserve(workflow, ["in", "out"], []);
    const half = [{ ...closed[0], is_activated: true }, closed[1]];
    for (const mqprofiles of [closed, half, []]) {
      server.script("activation", workflow, statusResponse(200, { try_again_later: false, mqprofiles }));
      expect(await mqs.activate(workflow, 50)).toBe("try-again-later");
    }
  });
});

describe("a profile", () => {
  test("is found by its id", async () => {
    const [reserved] = await mqs.reserve(workflow, ["in"], []);
    expect(await mqs.profile(reserved?.mqid ?? "")).toEqual(reserved);
  });

  test("may have an id of any characters", async () => {
    const mqid = "MQ 1/ü?#%2F";
    const [reserved] = await mqs.reserve(workflow, ["in"], []);
    server.script("profile", "*", statusResponse(200, { ...reserved, mqid }));

    expect(await mqs.profile(mqid)).toMatchObject({ mqid });
    expect(server.callsOf("profile")).toMatchObject([{ path: "/v1/mqs/mq-profiles/MQ%201%2F%C3%BC%3F%23%252F" }]);
  });

  test("of another queue is rejected", async () => {
    const [reserved] = await mqs.reserve(workflow, ["in"], []);
    server.script("profile", "*", statusResponse(200, reserved));
    expect((await errorOf(mqs.profile("MQ-other"))).kind).toBe("unavailable");
  });

  test("of an unknown queue is refused", async () => {
    const error = await errorOf(mqs.profile("MQ-unknown"));
    expect(error.kind).toBe("upstream-refused");
    expect(error.message).toContain("no mq-profile found with id: MQ-unknown");
  });
});

describe("a 4xx", () => {
  test.each([400, 404, 409, 422, 499])("of %i is a refusal with the MQS's own reason", async (code) => {
    server.script("reservation", "*", statusResponse(code, { code, error: "too many queues" }));
    const error = await errorOf(mqs.reserve(workflow, ["in"], []));
    expect(error.kind).toBe("upstream-refused");
    expect(error.message).toBe("the MQS refused to reserve the message queues: too many queues");
    expect(server.calls).toHaveLength(1);
  });

  test("without a reason shows its status", async () => {
    server.script("activation", "*", statusResponse(404, {}), statusResponse(404, { error: { deep: 1 } }));
    for (let time = 0; time < 2; time++)
      expect((await errorOf(mqs.activate(workflow, 50))).message).toMatch(/: HTTP 404$/);
  });

  test.each([400, 401, 404, 413])(
    "of %i without the JSON of the MQS is that of a proxy, so a retry may succeed",
    async (code) => {
      server.script("reservation", "*", statusResponse(code, "<html>no such page</html>"));
      const error = await errorOf(mqs.reserve(workflow, ["in"], []));
      expect(error).toMatchObject({ kind: "unavailable", message: expect.stringContaining(`(HTTP ${code})`) });
    },
  );

  test.each([408, 425, 429])("of %i may succeed when it is repeated", async (code) => {
    server.script("reservation", "*", statusResponse(code, { code, error: "slow down" }));
    expect((await errorOf(mqs.reserve(workflow, ["in"], []))).kind).toBe("unavailable");
  });

  test("or a 5xx with Retry-After says how long to wait, an hour at most", async () => {
    const inAMinute = new Date(Date.now() + 60_000).toUTCString();
    const given: [string, number | undefined][] = [
      ["7", 7],
      ["90000", 3600],
      ["soon", undefined],
      [inAMinute, 60],
    ];
    for (const [header, seconds] of given) {
      server.script("activation", "*", statusResponse(header === "7" ? 429 : 503, {}, { "retry-after": header }));
      const { waitSeconds } = (await errorOf(mqs.activate(workflow, 50))) as { waitSeconds?: number };
      if (seconds === undefined) expect(waitSeconds).toBeUndefined();
      else expect(Math.abs((waitSeconds ?? 0) - seconds)).toBeLessThan(5);
    }
  });

  test("with a long reason of many lines is shortened to one line", async () => {
    server.script("reservation", "*", statusResponse(400, { error: `first\r\nsecond\ud800${"🧊".repeat(10_000)}` }));
    const { message } = await errorOf(mqs.reserve(workflow, ["in"], []));
    expect(message).toContain("first second 🧊");
    expect([...message].length).toBeLessThan(300);
    expect(message).not.toMatch(/[\p{Cc}\p{Cs}]/u);
  });

  test.each([401, 403])("of %i shows its reason only to the operator", async (code) => {
    server.script("reservation", "*", statusResponse(code, { error: "client wms-secret-name has no such scope" }));
    const error = await errorOf(mqs.reserve(workflow, ["in"], []));
    expect(error.kind).toBe("upstream-refused");
    expect(error.message).not.toContain("wms-secret-name");
    expect(lines.join()).toContain("wms-secret-name");
  });
});

describe("unavailable is", () => {
  const profile = { mqid: "MQ-1", workflow_id: "WF-1", timestamp: 1, is_public: false };
  const answers: [string, ScriptedResponse][] = [
    ["a 500", statusResponse(500)],
    ["a 503", statusResponse(503)],
    ["a redirect", statusResponse(307, {}, { location: "/v1/mqs/elsewhere" })],
    ["a proxy's page", garbageResponse],
    ["an empty response", statusResponse(204, undefined)],
    ["a response of null", statusResponse(200, null)],
    ["a response without profiles", statusResponse(200, { mqgroup: {} })],
    ["a response with half a profile", statusResponse(200, { mqgroup: {}, mqprofiles: [profile] })],
  ];
  test.each(answers)("%s", async (_, response) => {
    server.script("reservation", "*", response);
    server.script("activation", "*", response);
    for (const call of [() => mqs.reserve(workflow, ["in"], []), () => mqs.activate(workflow, 50)]) {
      const error = await errorOf(call());
      expect(error.kind).toBe("unavailable");
      expect(error.retryAfterSeconds).toBeGreaterThan(0);
    }
    expect(server.calls).toHaveLength(2);
    expect(lines).toHaveLength(2);
  });

  test("a 5xx, whose reason only the operator sees", async () => {
    server.script("reservation", "*", statusResponse(500, { error: "mongodb://db.internal is down" }));
    expect((await errorOf(mqs.reserve(workflow, ["in"], []))).message).not.toContain("db.internal");
    expect(lines.join()).toContain("db.internal");
  });

  test.each([
    ["an MQS that never responds", hangResponse],
    ["an MQS that stops within its response", stallResponse],
  ])("%s", async (_, response) => {
    mqs = clientOf(server.address, SHORT_TIMEOUT_MS);
    server.script("reservation", "*", response);
    const error = await errorOf(mqs.reserve(workflow, ["in"], []));
    expect(error.kind).toBe("unavailable");
    expect(error.message).toBe("the MQS did not answer within 0.2 s");
    expect(server.calls).toHaveLength(1);
  });

  test("an MQS that is unreachable", async () => {
    const { address } = server;
    await server.close();
    const error = await errorOf(clientOf(address).reserve(workflow, ["in"], []));
    expect(error.kind).toBe("unavailable");
    expect(error.message).toBe("the MQS cannot be reached");
  });
});

describe("a broken connection", () => {
  test("is retried", async () => {
    server.script("reservation", "*", dropResponse, dropResponse);
    expect(await mqs.reserve(workflow, ["in"], [])).toMatchObject([{ alias: "in" }]);
    expect(server.calls).toHaveLength(3);
    expect(new Set(server.calls.map(({ body }) => JSON.stringify(body))).size).toBe(1);
  });

  test("is an error at the third attempt", async () => {
    server.script("activation", "*", dropResponse, dropResponse, dropResponse);
    expect((await errorOf(mqs.activate(workflow, 50))).kind).toBe("unavailable");
    expect(server.calls).toHaveLength(3);
  });

  test("does not move the deadline", async () => {
    mqs = clientOf(server.address, SHORT_TIMEOUT_MS);
    server.script("reservation", "*", dropResponse, dropResponse, hangResponse);
    const { message } = await errorOf(mqs.reserve(workflow, ["in"], []));
    expect(message).toBe("the MQS did not answer within 0.2 s");
    // The third attempt would start 400 ms after the first.
    expect(server.calls.length).toBeLessThan(3);
  });
});

test("an address may end with a slash", async () => {
  server.script("profile", "*", statusResponse(200, {}));
  await errorOf(clientOf(`${server.address}/`).profile("MQ-1"));
  expect(server.calls).toMatchObject([{ path: "/v1/mqs/mq-profiles/MQ-1" }]);
});

test("a hanging response of one workflow does not block the others", async () => {
  const other = newWorkflowId(Date.now() / 1000);
  server.script("reservation", workflow, hangResponse);
  const waiting = errorOf(mqs.reserve(workflow, ["in"], []));
  await server.waitForCall((call) => call.workflow === workflow);
  expect(await mqs.reserve(other, ["in"], [])).toHaveLength(1);
  await server.close();
  expect((await waiting).kind).toBe("unavailable");
});
