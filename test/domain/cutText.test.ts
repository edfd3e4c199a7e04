import { expect, test } from "vitest";
import { cutText } from "../../src/domain/cutText.js";
import { MAX_TEXT_BYTES } from "../../src/domain/entityLimits.js";

test.each(["", "short", "x".repeat(MAX_TEXT_BYTES), "é".repeat(MAX_TEXT_BYTES / 2)])(
  "a text of at most 8 KiB stays",
  (text) => expect(cutText(text)).toEqual({ text, cutFromBytes: undefined }),
);

test("a longer text ends with a mark that says its size", () => {
  const { text, cutFromBytes } = cutText("x".repeat(31_457_280));
  expect(cutFromBytes).toBe(31_457_280);
  expect(text).toMatch(/^x{8000,}… \[cut: 31457280 bytes\]$/);
  expect(Buffer.byteLength(text)).toBe(MAX_TEXT_BYTES);
});

test.each(["é", "€", "😀", "a😀", "ab😀"])("a text of %s is cut at a character", (part) => {
  for (let maxBytes = 40; maxBytes < 50; maxBytes++) {
    const { text } = cutText(part.repeat(100), maxBytes);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(maxBytes);
    const kept = text.slice(0, text.indexOf("…"));
    expect(part.repeat(100).startsWith(kept)).toBe(true);
    expect(text).not.toContain("\ufffd");
    expect(Buffer.byteLength(text)).toBeGreaterThan(maxBytes - 4);
  }
});
