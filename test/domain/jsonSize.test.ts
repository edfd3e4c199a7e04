import fc from "fast-check";
import { expect, test } from "vitest";
import { isCertainlySmall, jsonByteLength } from "../../src/domain/jsonSize.js";

const never = () => undefined;
const bytesOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value));

test("the size of any value is that of its JSON", async () => {
  await fc.assert(
    fc.asyncProperty(fc.jsonValue({ maxDepth: 4, stringUnit: "binary" }), async (value) => {
      expect(await jsonByteLength(value, never)).toBe(bytesOf(value));
    }),
  );
});

test.each(["a", "ü", "\u{1f600}", '"', "\n"])(
  "the size of a long text of %j is that of its JSON",
  async (character) => {
    for (const text of [character.repeat(250_000), `x${character.repeat(250_000)}`])
      expect(await jsonByteLength({ a: [text] }, never)).toBe(bytesOf({ a: [text] }));
  },
);

test("nothing has no size", async () => {
  expect(await jsonByteLength(undefined, never)).toBe(0);
});

test("a value that is certainly small is small", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), fc.nat({ max: 1000 }), (value, maxBytes) => {
      if (isCertainlySmall(value, maxBytes)) expect(bytesOf(value)).toBeLessThanOrEqual(maxBytes);
    }),
  );
  expect(isCertainlySmall({ a: "text", b: [1, 2] }, 1000)).toBe(true);
  expect(isCertainlySmall("x".repeat(1001), 1000)).toBe(false);
});
