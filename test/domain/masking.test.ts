import { expect, test } from "vitest";
import { createSecretMask } from "../../src/domain/maskSecrets.js";

test.each([
  ["as they are", "a s3cret/1 and another", "a *** and ***"],
  ["in JSON", JSON.stringify({ a: 'quo"ted\n' }), '{"a":"***"}'],
  ["in a URL", "redis://:s3cret%2F1@host", "redis://:***@host"],
  ["the longer of two first", "s3cret/1-long", "***"],
  ["as often as they stand there", "anotheranother", "******"],
  ["not what only resembles them", "s3cretX1", "s3cretX1"],
])("secrets are masked %s", (_how, text, masked) => {
  expect(createSecretMask(["s3cret/1", "s3cret/1-long", "another", 'quo"ted\n', "a.b*"])(text)).toBe(masked);
});

test("without secrets a text stays unchanged", () => {
  expect(createSecretMask([])("text")).toBe("text");
});
