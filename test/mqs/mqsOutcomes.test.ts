import { beforeEach, expect, onTestFinished, test } from "vitest";
import { newWorkflowId } from "../../src/domain/ids.js";
import { UpstreamOutcomes } from "../../src/domain/upstreamOutcomes.js";
import { createHttpMqs } from "../../src/mqs/httpMqs.js";
import { recordingLog } from "../setup/recordingLog.js";
import { waitUntil } from "../setup/waitFor.js";
import {
  garbageResponse,
  hangResponse,
  type ScriptedMqs,
  type ScriptedResponse,
  startScriptedMqs,
  statusResponse,
  tryAgainLaterResponse,
} from "./scriptedMqs.js";

let server: ScriptedMqs;
beforeEach(async () => {
  server = await startScriptedMqs();
});

/** Sends one reservation, to which the MQS answers as scripted, after one that failed. @returns the outcomes */
async function outcomesAfter(...answers: ScriptedResponse[]) {
  onTestFinished(() => server.close());
  const outcomes = new UpstreamOutcomes();
  // Short only where the test waits for it.
  const timeoutMs = answers.includes(hangResponse) ? 1000 : 10_000;
  const mqs = createHttpMqs({ address: server.address, timeoutMs, outcomes, log: recordingLog().log });
  const workflow = newWorkflowId(Date.now() / 1000);
  server.script("reservation", "*", statusResponse(500), ...answers);
  await mqs.reserve(workflow, ["in"], []).catch(() => undefined);
  const failed = outcomes.state;
  await mqs.reserve(workflow, ["in"], []).catch(() => undefined);
  return { failed, now: outcomes.state };
}

test.each<[string, ...ScriptedResponse[]]>([
  ["a normal answer"],
  ["a refusal of a bad request", statusResponse(400, { error: "no such alias" })],
])("%s is a success, which ends the failure before", async (_what, ...answers) => {
  const { failed, now } = await outcomesAfter(...answers);
  expect(failed).toMatchObject({ last_success: null, failing_since: failed.last_error?.at, latency_ms: null });
  expect(failed.last_error?.message).toMatch(/^HTTP 500/);
  expect(now).toMatchObject({ failing_since: null, last_error: failed.last_error });
  expect(now.last_success).toBeGreaterThanOrEqual(failed.failing_since ?? Number.NaN);
  expect(now.latency_ms).toBeGreaterThan(0);
});

test.each<[string, RegExp, ScriptedResponse]>([
  ["a 5xx", /^HTTP 503: overloaded$/, statusResponse(503, { error: "overloaded" })],
  ["missing authorization", /^HTTP 403: who are you$/, statusResponse(403, { error: "who are you" })],
  ["an unexpected answer", /^unexpected answer: /, garbageResponse],
  ["a time-out", /timeout/, hangResponse],
])("%s is a failure, and the first failure counts", async (_what, message, answer) => {
  const { failed, now } = await outcomesAfter(answer);
  expect(now).toMatchObject({ last_success: null, failing_since: failed.failing_since });
  expect(now.last_error?.message).toMatch(message);
});

test("an MQS that does not accept connections is a failure that names the cause", async () => {
  const outcomes = new UpstreamOutcomes();
  const mqs = createHttpMqs({ address: server.address, outcomes, log: recordingLog().log });
  await server.close();
  await expect(mqs.profile("a")).rejects.toThrow("the MQS cannot be reached");
  expect(outcomes.state.last_error?.message).toMatch(/^fetch failed: connect ECONNREFUSED/);
});

test("an MQS that is not ready yet answers", async () => {
  onTestFinished(() => server.close());
  const outcomes = new UpstreamOutcomes();
  const mqs = createHttpMqs({ address: server.address, outcomes, log: recordingLog().log });
  server.script("activation", "*", tryAgainLaterResponse);
  expect(await mqs.activate(newWorkflowId(Date.now() / 1000), 50)).toBe("try-again-later");
  expect(outcomes.state).toMatchObject({ failing_since: null, last_success: expect.any(Number) });
});

test.each<[string, ScriptedResponse]>([
  ["a 5xx", statusResponse(503)],
  ["a proxy's page", garbageResponse],
])("the end of an outage (%s) is noticed without a request", async (_, answer) => {
  onTestFinished(() => server.close());
  const outcomes = new UpstreamOutcomes();
  const options = { address: server.address, outcomes, probeIntervalMs: 20, log: recordingLog().log };
  server.script("reservation", "*", answer);
  server.script("profile", "*", answer, answer);
  await expect(createHttpMqs(options).reserve(newWorkflowId(Date.now() / 1000), ["in"], [])).rejects.toThrow();
  await waitUntil("the MQS counts as answering", async () => outcomes.state.failing_since === null);
  expect(server.callsOf("profile")).toHaveLength(3);
  expect(server.callsOf("reservation")).toHaveLength(1);
});
