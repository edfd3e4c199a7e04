import * as fc from "fast-check";
import { expect, it } from "vitest";
import { z } from "zod";
import { parseBody, validateBody } from "../../src/api/http/requestBody.js";
import { createWorkflowSchema } from "../../src/domain/requestSchemas.js";
import { uniqueArray } from "../../src/domain/schemaParts.js";
import { WmsError } from "../../src/domain/wmsError.js";
import { makeTaskRequest, makeWorkflowRequest } from "./requestBodies.js";

const RUNS = { numRuns: 50 };
/** The error of a body; `undefined` if it is accepted. */
const bodyError = (text: string): Promise<string | undefined> =>
  parseBody(Buffer.from(text), 1_000_000).then(
    () => undefined,
    (error: Error) => error.message,
  );

/** A surrogate pair written as escapes is valid, but forces the walk over all values of a body. */
const FORCE_WALK = String.raw`"\ud83d\ude00"`;
const withMember = (member: string, extra: string) => `{"a":${member},"z":${extra}}`;

const nested = fc
  .tuple(fc.integer({ min: 490, max: 510 }), fc.constantFrom("[", '{"k":'))
  .map(([levels, open]) => `${open.repeat(levels)}1${(open === "[" ? "]" : "}").repeat(levels)}`);
const surrogates = fc
  .array(fc.constantFrom("\\ud83d", "\\ude00", "\\uD83D\\uDE00", "\\\\ud83d", "x"), { maxLength: 4 })
  .chain((parts) => fc.constantFrom(`"${parts.join("")}"`, `{"${parts.join("")}":[1]}`));

it("refuses the same bodies with and without a walk over their values", async () => {
  const members = fc.oneof(fc.json(), nested, surrogates);
  await fc.assert(
    fc.asyncProperty(members, async (member) => {
      expect(await bodyError(withMember(member, "0"))).toBe(await bodyError(withMember(member, FORCE_WALK)));
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
  members: uniqueArray(memberSchema),
  more: z.array(z.int()).optional(),
});
/** Around the number of members from which arrays are checked one member at a time. */
const arrayOf = <T>(value: fc.Arbitrary<T>) => fc.array(value, { maxLength: 24, size: "max" });
const inputs = fc.record({
  members: arrayOf(
    fc.record({
      id: fc.oneof(fc.integer(), fc.constant("bad")),
      names: arrayOf(fc.oneof(fc.string(), fc.constant(1))),
    }),
  ),
  more: fc.oneof(fc.constant(undefined), arrayOf(fc.oneof(fc.integer(), fc.constant(null)))),
});
/** Mostly good ones, so that both outcomes are frequent. */
const goodInputs = fc.record({
  members: arrayOf(fc.record({ id: fc.integer({ min: 0, max: 400 }), names: arrayOf(fc.string()) })),
  more: fc.constant(undefined),
});

it("accepts the inputs that zod accepts, whether or not they have long arrays", async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(inputs, goodInputs), async (input) => {
      const { success, data } = schema.safeParse(input);
      if (success) expect(await validateBody(schema, input)).toEqual(data);
      else await expect(validateBody(schema, input)).rejects.toThrow(WmsError);
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
  const errorOf = (length: number) => {
    const input = request(length);
    Object.assign(input.tasks[7] ?? {}, { n_workers: "x" });
    return validateBody(createWorkflowSchema, input).catch((error: Error) => error.message);
  };
  expect(await errorOf(20)).toBe("tasks[7].n_workers: expected integer or null, got string");
  expect(await errorOf(21)).toBe(await errorOf(20));
});
