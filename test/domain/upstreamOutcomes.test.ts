import { expect, test } from "vitest";
import { UpstreamOutcomes } from "../../src/domain/upstreamOutcomes.js";

test("nothing is known before the first call", () => {
  expect(new UpstreamOutcomes().state).toEqual({
    last_success: null,
    failing_since: null,
    last_error: null,
    latency_ms: null,
  });
});

test("failing_since is the first failure after the last success, and a success ends it", () => {
  const outcomes = new UpstreamOutcomes();
  outcomes.recordFailure(new Error("first"));
  const since = outcomes.state.failing_since;
  expect(since).toBeCloseTo(Date.now() / 1000, -1);
  outcomes.recordFailure(new Error("second"));
  expect(outcomes.state).toMatchObject({ failing_since: since, last_success: null, last_error: { message: "second" } });
  outcomes.recordSuccess(12.5);
  expect(outcomes.state).toMatchObject({ failing_since: null, latency_ms: 12.5, last_error: { message: "second" } });
  expect(outcomes.state.last_success).toBeGreaterThanOrEqual(outcomes.state.last_error?.at ?? Number.NaN);
  outcomes.recordFailure("again");
  expect(outcomes.state.failing_since).toBeGreaterThanOrEqual(since ?? Number.NaN);
  expect(outcomes.state.latency_ms).toBe(12.5);
});

test.each([
  ["a cause", new TypeError("fetch failed", { cause: new Error("connect ECONNREFUSED") }), /^fetch failed: connect E/],
  ["several lines", new Error("one\n  two\u0007three"), /^one two three$/],
  ["a token", new Error("refused: Authorization: Bearer s3cret"), /^refused: Authorization: Bearer \[hidden\]$/],
  [
    "an address with a password",
    "GET https://me:s3cret@mqs.example/ failed",
    /^GET https:\/\/\[hidden\]@mqs.example\//,
  ],
  ["any length", new Error("x".repeat(1e6)), /^x{297}\.\.\.$/],
])("the message of an error with %s is one short line without secrets", (_what, error, message) => {
  const outcomes = new UpstreamOutcomes();
  outcomes.recordFailure(error);
  expect(outcomes.state.last_error?.message).toMatch(message);
});
