import { expect, test } from "vitest";
import { DocumentPaths } from "../../../src/views/query/documentPaths.js";
import { WorkMeter } from "../../../src/views/query/meter.js";

/** A document that records reads of its fields. */
function watchedDocument(document: Record<string, unknown>): { document: object; read: string[] } {
  const read: string[] = [];
  const handler = {
    get: (target: object, key: string): unknown => {
      read.push(key);
      return Reflect.get(target, key);
    },
  };
  return { document: new Proxy(document, handler), read };
}

test("a path is resolved on demand, and once in each document", () => {
  const paths = new DocumentPaths(new WorkMeter());
  const [a, b, again] = [paths.resolverOf("a.x"), paths.resolverOf("b"), paths.resolverOf("a.x")];
  const first = watchedDocument({ a: { x: 1 }, b: 2 });
  paths.setDocument(first.document);
  expect(first.read).toEqual([]);
  expect(a().ends).toEqual([1]);
  expect(again()).toBe(a());
  expect(first.read).toEqual(["a"]);

  const second = watchedDocument({ a: { x: 3 } });
  paths.setDocument(second.document);
  expect(again().ends).toEqual([3]);
  expect(b().ends).toEqual([undefined]);
  expect(second.read).toEqual(["a"]);
});

test("a path is resolved again in a document that is matched again", () => {
  const paths = new DocumentPaths(new WorkMeter());
  const find = paths.resolverOf("a");
  const document = { a: 1 };
  paths.setDocument(document);
  expect(find().values).toEqual([1]);
  document.a = 2;
  paths.setDocument(document);
  expect(find().values).toEqual([2]);
});

test("the fields of an array are its positions", () => {
  const paths = new DocumentPaths(new WorkMeter());
  const [zero, length] = [paths.resolverOf("0.b"), paths.resolverOf("length")];
  paths.setDocument([{ b: 1 }]);
  expect(zero().ends).toEqual([1]);
  expect(length().ends).toEqual([undefined]);
});
