import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { VerifiedTokens } from "../../src/auth/verifiedTokenCache.js";
import { ANYBODY } from "../../src/domain/caller.js";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"] });
});
afterEach(() => {
  vi.useRealTimers();
});

const HOUR = 3_600_000;

test("a thousand verified tokens are remembered, and those that were used last stay", () => {
  const tokens = new VerifiedTokens();
  for (let n = 0; n < 1000; n++) tokens.add(`token-${n}`, ANYBODY, Date.now() + HOUR);
  expect(tokens.get("token-0")).toBe(ANYBODY);
  tokens.add("one more", ANYBODY, Date.now() + HOUR);
  expect(tokens.get("token-1")).toBeUndefined();
  for (const token of ["token-0", "token-2", "one more"]) expect(tokens.get(token)).toBe(ANYBODY);
});

test("none is remembered for longer than two minutes, however often it comes", () => {
  const tokens = new VerifiedTokens();
  tokens.add("token", ANYBODY, Date.now() + HOUR);
  vi.setSystemTime(Date.now() + 100_000);
  expect(tokens.get("token")).toBe(ANYBODY);
  vi.setSystemTime(Date.now() + 21_000);
  expect(tokens.get("token")).toBeUndefined();
});
