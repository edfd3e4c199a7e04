import fc from "fast-check";
import type { JsonTree } from "./jsonTree.js";

/** A header that requests try to inject through texts that errors repeat. No response may have it. */
export const INJECTED = "X-Injected";

/** Texts that often break programs. */
export const oddText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    "",
    " ",
    "\0",
    "a\0b",
    `x\r\n${INJECTED}: 1`,
    `x\n${INJECTED}: 1\n\n{"forged":true}`,
    `\r\n\r\nHTTP/1.1 200 OK\r\n${INJECTED}: 1\r\n\r\n`,
    "__proto__",
    "constructor",
    "prototype",
    "toString",
    "hasOwnProperty",
    "length",
    "$where",
    "$gt",
    "a.b",
    "..",
    "../../etc/passwd",
    "{0}",
    "wms:{0}:dirty",
    "*",
    "null",
    "undefined",
    "NaN",
    "-1",
    "1e999",
    "true",
    "[object Object]",
    "%s%n%00",
    "'; return redis.call('FLUSHALL') --",
    "<script>alert(1)</script>",
    "\u2028\u2029",
    "\u202e\ufeff\ufffe",
    "é".repeat(300),
    "😀".repeat(300),
    "i̇",
    "ﬀ",
    "𝒳",
    "\x7f\x80\x9f\xa0",
    "\x1b[31mred",
    "x".repeat(5000),
  ),
  fc.string({ unit: "binary", maxLength: 30 }),
  fc.string({ maxLength: 12 }),
);

/** Keys that JavaScript objects inherit, and unknown keys. */
export const oddKey: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom("__proto__", "constructor", "prototype", "toString", "_id", "", "0", "$set", "a.b", "bogus"),
  oddText,
);

const oddNumber: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    "-0",
    "0.1",
    "1e308",
    "1e999",
    "-1e999",
    "5e-324",
    "9007199254740991",
    "9007199254740992",
    "9007199254740993",
    "-9007199254740993",
    "18446744073709551616",
    "1.0",
    "1E5",
    "2147483648",
    "9".repeat(400),
    `0.${"3".repeat(400)}`,
  ),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => JSON.stringify(number)),
);

/** JSON strings with lone surrogates. */
const loneSurrogates = fc.constantFrom('"\\ud800"', '"\\udfff x"', '"a\\uDBFF"', '"\\ude00\\ud83d"');

/** Invalid JSON. */
const invalidJson = fc.constantFrom(
  "",
  "NaN",
  "Infinity",
  "undefined",
  "'x'",
  "0x10",
  "01",
  "+1",
  "1.",
  ".5",
  "1_000",
  "nul",
  "TRUE",
  '"',
  '"\\x41"',
  '"\\u12"',
  '"tab\there"',
  "[1,]",
  "{,}",
  '{"a" 1}',
  "{a:1}",
  "/* */ 1",
  "]",
  "}",
  "1 2",
);

const MANY_LEVELS = [50, 99, 100, 101, 498, 499, 500, 501, 5000, 100_000];

/** Nested objects or arrays. */
const deep: fc.Arbitrary<JsonTree> = fc
  .record({ levels: fc.constantFrom(...MANY_LEVELS), isArray: fc.boolean() })
  .map(({ levels, isArray }) => {
    const [open, close] = isArray ? ["[", "]"] : ['{"a":', "}"];
    return { raw: `${open.repeat(levels)}1${close.repeat(levels)}` };
  });

/** Arrays and objects with many members, and an object that repeats a key. */
const wide: fc.Arbitrary<JsonTree> = fc.constantFrom(
  { open: "[0", unit: ",0", times: 20_000, close: "]" },
  { open: "[0", unit: ",{}", times: 5000, close: "]" },
  { open: '{"a":0', unit: ',"a":0', times: 5000, close: "}" },
  { open: "[0", unit: ',"a"', times: 3000, close: "]" },
);

const TEN_MB = 10 * 1024 * 1024;

/** Ten megabytes of text. */
export const huge: fc.Arbitrary<JsonTree> = fc.constantFrom(
  { open: '"', unit: "x", times: TEN_MB, close: '"' },
  { open: '"', unit: "é", times: TEN_MB / 2, close: '"' },
  { open: '"', unit: "\\u0000", times: TEN_MB / 6, close: '"' },
  { open: "", unit: "9", times: TEN_MB, close: "" },
  { open: '{"', unit: "k", times: TEN_MB, close: '":1}' },
  { open: "[", unit: "[", times: TEN_MB, close: "" },
);

/** A value that may be invalid anywhere. */
export const oddValue: fc.Arbitrary<JsonTree> = fc.oneof(
  { weight: 6, arbitrary: oddText.map((text): JsonTree => ({ raw: JSON.stringify(text) })) },
  {
    weight: 6,
    arbitrary: fc
      .constantFrom("null", "true", "false", "0", "1", "-1", "[]", "{}", "[null]", '[""]', '{"":null}')
      .map((raw): JsonTree => ({ raw })),
  },
  { weight: 4, arbitrary: oddNumber.map((raw): JsonTree => ({ raw })) },
  { weight: 2, arbitrary: loneSurrogates.map((raw): JsonTree => ({ raw })) },
  { weight: 2, arbitrary: invalidJson.map((raw): JsonTree => ({ raw })) },
  { weight: 2, arbitrary: deep },
  { weight: 1, arbitrary: wide },
  {
    weight: 4,
    arbitrary: fc.jsonValue({ maxDepth: 3 }).map((value): JsonTree => ({ raw: JSON.stringify(value) })),
  },
);
