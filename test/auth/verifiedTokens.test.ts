import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { VerifiedTokenCache } from "../../src/auth/tokenVerifier.js";
import { UNCHECKED_CALLER } from "../../src/domain/caller.js";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"] });
});
afterEach(() => {
  vi.useRealTimers();
});

const HOUR = 3_600_000;

test("a thousand verified tokens are cached; the least recently used one is removed", () => {
  const tokens = new VerifiedTokenCache();
  for (let n = 0; n < 1000; n++) tokens.add(`token-${n}`, UNCHECKED_CALLER, Date.now() + HOUR);
  expect(tokens.get("token-0")).toBe(UNCHECKED_CALLER);
  tokens.add("one more", UNCHECKED_CALLER, Date.now() + HOUR);
  expect(tokens.get("token-1")).toBeUndefined();
  for (const token of ["token-0", "token-2", "one more"]) expect(tokens.get(token)).toBe(UNCHECKED_CALLER);
});

test("a token is cached for two minutes at most, even if it is used", () => {
  const tokens = new VerifiedTokenCache();
  tokens.add("token", UNCHECKED_CALLER, Date.now() + HOUR);
  vi.setSystemTime(Date.now() + 100_000);
  expect(tokens.get("token")).toBe(UNCHECKED_CALLER);
  vi.setSystemTime(Date.now() + 21_000);
  expect(tokens.get("token")).toBeUndefined();
});
