import fc from "fast-check";
import { expect, test } from "vitest";
import { textPieces } from "../../src/domain/textPieces.js";

test("pieces are the same text, as long as they may be, and can be encoded on their own", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "é", "€", "😀"), maxLength: 40 });
  fc.assert(
    fc.property(fc.array(text, { maxLength: 20 }), fc.integer({ min: 2, max: 30 }), (texts, maxLength) => {
      const pieces = [...textPieces(texts, maxLength)];
      expect(Buffer.concat(pieces.map((piece) => Buffer.from(piece))).toString()).toBe(texts.join(""));
      for (const { length } of pieces) expect(length).toBeLessThanOrEqual(maxLength);
      for (const { length } of pieces.slice(0, -1)) expect(length).toBeGreaterThanOrEqual(maxLength - 1);
      expect(pieces).not.toContain("");
    }),
  );
});
