import { createHash } from "node:crypto";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { z } from "zod";
import { parseBody } from "../../src/api/http/parseBody.js";
import { validateBody } from "../../src/api/http/validateBody.js";
import { canonicalDigest, canonicalJson, canonicalKey } from "../../src/domain/canonicalJson.js";
import { createWorkflowSchema } from "../../src/domain/requestSchemas.js";
import {
  anyValueOf,
  arrayValue,
  integerValue,
  mapOf,
  mapValue,
  textValue,
  uniqueArray,
} from "../../src/domain/schemaParts.js";
import { createYielder } from "../../src/domain/time.js";
import { WmsError } from "../../src/domain/wmsError.js";
import { makeTaskRequest, makeWorkflowRequest } from "./requestBodies.js";

const RUNS = { numRuns: 50 };
/** The error of a body; `undefined` if it is accepted. */
const bodyError = (text: string): Promise<string | undefined> =>
  parseBody(Buffer.from(text), { bytes: 1_000_000, values: 1_000_000 }).then(
    () => undefined,
    (error: Error) => error.message,
  );

/** Makes a body so long that it is parsed in pieces. */
const PADDING = JSON.stringify("x".repeat(100_000));
const withMember = (member: string, extra: string) => `{"a":${member},"z":${extra}}`;

const nested = fc
  .tuple(fc.integer({ min: 490, max: 510 }), fc.constantFrom("[", '{"k":'))
  .map(([levels, open]) => `${open.repeat(levels)}1${(open === "[" ? "]" : "}").repeat(levels)}`);
const surrogates = fc
  .array(fc.constantFrom("\\ud83d", "\\ude00", "\\uD83D\\uDE00", "\\\\ud83d", "x"), { maxLength: 4 })
  .chain((parts) => fc.constantFrom(`"${parts.join("")}"`, `{"${parts.join("")}":[1]}`));

it("refuses the same bodies at once and in pieces", async () => {
  const members = fc.oneof(fc.json(), nested, surrogates);
  await fc.assert(
    fc.asyncProperty(members, async (member) => {
      expect(await bodyError(withMember(member, "0"))).toBe(await bodyError(withMember(member, PADDING)));
    }),
    RUNS,
  );
});

it.each([
  ["arrays", "[", "]"],
  ["objects", '{"k":', "}"],
])("allows 500 levels of %s and not 501", async (_kind, open, close) => {
  // The body itself is the first level.
  const body = (levels: number) => withMember(`${open.repeat(levels - 1)}1${close.repeat(levels - 1)}`, "0");
  expect(await bodyError(body(500))).toBeUndefined();
  expect(await bodyError(body(501))).toMatch(/: nested deeper than 500 levels$/);
});

const memberSchema = z.strictObject({ id: z.int(), names: z.array(z.string()) });
const schema = z.strictObject({
  members: uniqueArray(memberSchema, { min: 1 }),
  more: z.array(z.int()).optional(),
  maps: mapOf(mapValue(anyValueOf(integerValue, arrayValue(textValue, 1)), 1), { min: 1 }).optional(),
});
/** Around the number of members from which arrays are checked one member at a time. */
const arrayOf = <T>(value: fc.Arbitrary<T>) => fc.array(value, { maxLength: 24, size: "max" });
const mapsOf = <T>(value: fc.Arbitrary<T>) =>
  fc.option(fc.dictionary(fc.string(), fc.dictionary(fc.string(), value)), { nil: undefined });
const inputs = fc.record({
  members: arrayOf(
    fc.record({
      id: fc.oneof(fc.integer(), fc.constant("bad")),
      names: arrayOf(fc.oneof(fc.string(), fc.constant(1))),
    }),
  ),
  more: fc.oneof(fc.constant(undefined), arrayOf(fc.oneof(fc.integer(), fc.constant(null)))),
  maps: mapsOf(fc.oneof(fc.integer(), fc.array(fc.oneof(fc.string(), fc.constant(1))), fc.constant(null))),
});
/** Mostly good ones, so that both outcomes are frequent. */
const goodInputs = fc.record({
  members: arrayOf(fc.record({ id: fc.integer({ min: 0, max: 400 }), names: arrayOf(fc.string()) })),
  more: fc.constant(undefined),
  maps: mapsOf(fc.oneof(fc.integer(), fc.array(fc.string(), { minLength: 1 }))),
});

it("accepts the inputs that zod accepts, at once and in slices", async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(inputs, goodInputs), async (input) => {
      const { success, data } = schema.safeParse(input);
      for (const isLarge of [false, true])
        if (success) expect(await validateBody(schema, input, isLarge)).toEqual(data);
        else await expect(validateBody(schema, input, isLarge)).rejects.toThrow(WmsError);
    }),
    RUNS,
  );
});

it("names the same issue of a bad entry in a short array and in a long one", async () => {
  const request = (length: number) => ({
    ...makeWorkflowRequest(
      Array.from({ length }, (_, index) => makeTaskRequest("pool-0", { task_args: String(index) })),
    ),
  });
  const errorOf = (length: number, isLarge = false) => {
    const input = request(length);
    Object.assign(input.tasks[7] ?? {}, { n_workers: "x" });
    return validateBody(createWorkflowSchema, input, isLarge).catch((error: Error) => error.message);
  };
  expect(await errorOf(20)).toBe("tasks[7].n_workers: expected integer or null, got string");
  expect(await errorOf(21)).toBe(await errorOf(20));
  expect(await errorOf(20, true)).toBe(await errorOf(20));
});

it.each([
  [
    "in a value",
    String.raw`{"a":[{"b c":"\ude00"}]}`,
    'a[0]["b c"]: holds half a surrogate pair, which is no character',
  ],
  [
    "in a key",
    String.raw`{"a":[1,{"x":0,"\ud83d":1}]}`,
    String.raw`a[1]["\ud83d"]: holds half a surrogate pair, which is no character`,
  ],
  ["before a pair", String.raw`{"a":"\ud83d\ud83d\ude00"}`, "a: holds half a surrogate pair, which is no character"],
])("names the place of half a surrogate pair %s", async (_where, text, error) => {
  expect(await bodyError(text)).toBe(error);
  expect(await bodyError(`{"first":${PADDING},${text.slice(1)}`)).toBe(error);
});

it("gives equal values equal digests in slices, and those of their canonical JSON", async () => {
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), fc.boolean(), async (value, isLong) => {
      const body = { b: value, a: isLong ? Array.from({ length: 3000 }, (_, index) => `${index}`) : 1, "a!": [value] };
      const expected = createHash("sha256").update(canonicalJson(body)).digest("hex");
      expect(await canonicalDigest(body, createYielder())).toBe(expected);
      expect(await canonicalKey(body, createYielder())).toBe(isLong ? `sha256 ${expected}` : canonicalJson(body));
    }),
    RUNS,
  );
  expect(canonicalJson({ b: 1, a: { d: 1, c: [2] } })).toBe('{"a":{"c":[2],"d":1},"b":1}');
});

it("finds repeated entries of long lists", async () => {
  const list = z.strictObject({ list: uniqueArray(z.string()) });
  const members = Array.from({ length: 30_000 }, (_, index) => `entry ${index}`);
  expect(await validateBody(list, { list: members }, true)).toEqual({ list: members });
  for (const repeated of [0, 9999, 10_000, 29_999])
    await expect(validateBody(list, { list: [...members, `entry ${repeated}`] }, true)).rejects.toThrow(
      `list[30000]: repeats entry ${repeated}`,
    );
});
