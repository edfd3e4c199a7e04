import { afterEach, beforeEach, expect, test } from "vitest";
import { VerifiedTokenCache } from "../../src/auth/tokenVerifier.js";
import { UNCHECKED_CALLER } from "../../src/domain/caller.js";
import { advanceClocks, restoreClocks, simulateClocks } from "../setup/simulatedClocks.js";

beforeEach(() => {
  simulateClocks();
});
afterEach(() => {
  restoreClocks();
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
  advanceClocks(100);
  expect(tokens.get("token")).toBe(UNCHECKED_CALLER);
  advanceClocks(21);
  expect(tokens.get("token")).toBeUndefined();
});
