import fc from "fast-check";
import { expect, test } from "vitest";
import { memberOf } from "../../../src/store/keys.js";
import { comparePositions, decodeCursor, encodeCursor } from "../../../src/views/query/cursor.js";
import { idsOf } from "./taskforcePopulation.js";

test("a decoded cursor equals the encoded one, to the last digit", () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.nat({ max: 0xffffffff }), (score, n) => {
      const position = { score: score + 0, member: memberOf(idsOf(n, 7).taskforce_uuid) };
      expect(decodeCursor("taskforce", encodeCursor(position))).toEqual(position);
    }),
  );
});

const { taskforce_uuid, task_id } = idsOf(1, 1);
const encoded = (text: string) => Buffer.from(text).toString("base64url");

test.each([
  "x",
  "%%%",
  encoded("1"),
  encoded("1/"),
  encoded("/00000001"),
  encoded(`/${memberOf(taskforce_uuid)}`),
  encoded(`NaN/${memberOf(taskforce_uuid)}`),
  encoded(`Infinity/${memberOf(taskforce_uuid)}`),
  encoded(`1e0/${memberOf(taskforce_uuid)}`),
  encoded(`1/${memberOf(taskforce_uuid)}/1`),
  encoded(`1/${taskforce_uuid}`),
  encoded(`1/${memberOf(task_id)}`),
  `${encoded(`1/${memberOf(taskforce_uuid)}`)}=`,
  ` ${encoded(`1/${memberOf(taskforce_uuid)}`)}`,
])("%j is not a cursor", (text) => {
  expect(() => decodeCursor("taskforce", text)).toThrow("after: is not the next_after of an earlier page");
});

test("positions are ordered by time, then by id", () => {
  const [a, b] = [
    { score: 1, member: "b" },
    { score: 2, member: "a" },
  ];
  expect([b, { score: 2, member: "" }, a].sort(comparePositions)).toEqual([a, { score: 2, member: "" }, b]);
  expect(comparePositions(a, { ...a })).toBe(0);
});

test("an empty text is the cursor of the first page", () => {
  expect(decodeCursor("taskforce", "")).toBeUndefined();
});
