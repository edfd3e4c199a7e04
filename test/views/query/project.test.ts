import { expect, test } from "vitest";
import { WorkMeter } from "../../../src/views/query/meter.js";
import { compileProjection } from "../../../src/views/query/projection.js";
import { projectJson } from "./projectJson.js";

const compile = (fields: string[]) => compileProjection(fields, new WorkMeter());
const project = (fields: string[], document: string) => projectJson(JSON.parse(document), compile(fields));

test.each([
  [["a"], '{"a":1,"b":2}', '{"a":1}'],
  [["b", "a"], '{"a":1,"b":2}', '{"a":1,"b":2}'],
  [["c"], '{"a":1}', "{}"],
  [["a"], '{"a":null}', '{"a":null}'],
  [["_id"], '{"a":1}', "{}"],
  [["_id", "a"], '{"a":1,"b":2}', '{"a":1}'],
  [[], '{"a":1}', "{}"],
  [["a.b"], '{"a":{"b":1,"c":2},"d":3}', '{"a":{"b":1}}'],
  [["a.b", "a.c"], '{"a":{"b":1,"c":2,"d":3}}', '{"a":{"b":1,"c":2}}'],
  [["a.b"], '{"a":{"c":2}}', '{"a":{}}'],
  [["a.b"], '{"a":5}', "{}"],
  [["a.b"], '{"a":null}', "{}"],
  [["a.b"], '{"a":[]}', '{"a":[]}'],
  [["a.b"], '{"a":[{"b":1,"c":2},5,{"c":3},[{"b":4,"c":5},6]]}', '{"a":[{"b":1},{},[{"b":4}]]}'],
  [["a.b.c"], '{"a":[{"b":[{"c":1,"d":2}]}]}', '{"a":[{"b":[{"c":1}]}]}'],
  [["a.0"], '{"a":[1,2]}', '{"a":[]}'],
  [["a.0"], '{"a":{"0":1,"1":2}}', '{"a":{"0":1}}'],
  [["a", "a.b"], '{"a":{"b":1,"c":2}}', '{"a":{"b":1,"c":2}}'],
  [["a.b", "a"], '{"a":{"b":1,"c":2}}', '{"a":{"b":1,"c":2}}'],
  [["a.b"], '{"a.b":1}', "{}"],
])("%j of %s is %s", (fields, document, expected) => {
  expect(project(fields, document)).toBe(expected);
});

test.each(["__proto__", "constructor", "toString", "hasOwnProperty", "length"])(
  "a field named %s is kept if it exists, and not added otherwise",
  (key) => {
    expect(project([key], `{"${key}":{"x":1},"b":2}`)).toBe(`{"${key}":{"x":1}}`);
    expect(project([`a.${key}.x`], `{"a":[{"${key}":{"x":1,"y":2}}]}`)).toBe(`{"a":[{"${key}":{"x":1}}]}`);
    expect(project([key, `a.${key}`], '{"a":{"b":1}}')).toBe('{"a":{}}');
    expect(project(["a"], `{"a":{"${key}":1}}`)).toBe(`{"a":{"${key}":1}}`);
  },
);

test("a projection does not change the document", () => {
  const document = { a: { b: 1, c: 2 } };
  projectJson(document, compile(["a.b"]));
  expect(document).toEqual({ a: { b: 1, c: 2 } });
});

test.each([[""], ["a."], [".a"], ["a..b"]])("%j is refused", (field) => {
  expect(() => compile(["ok", field])).toThrow("projection[1]: a part of the field's name is empty");
});

test("a path of a million segments does not overflow the stack", () => {
  expect(project(["a".concat(".a".repeat(1_000_000))], '{"a":{"a":1}}')).toBe('{"a":{}}');
});
