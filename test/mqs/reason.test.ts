import { expect, test } from "vitest";
import { mqsErrorReason } from "../../src/mqs/mqsErrorReason.js";

test.each([
  ["no such queue: events", "no such queue: events"],
  [" two\nlines\u0000 ", "two lines"],
  ["Authorization: Bearer abc.def", "Authorization: Bearer ***"],
  ["the token is missing", "the token is missing"],
  ['{"auth_token": "abc", "alias": "events"}', '{"auth_token": "***", "alias": "events"}'],
  ["password=abc&user=me", "password=***&user=me"],
  ["amqp://me:abc@broker:5672/x", "amqp://***@broker:5672/x"],
  ["signed: eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln is over", "signed: *** is over"],
  ["the known one, sent-to-it, is quoted", "the known one, ***, is quoted"],
  ["x".repeat(300), `${"x".repeat(200)}…`],
])("of %j the MQS's reason shows %j", (error, shown) => {
  expect(mqsErrorReason({ error }, ["sent-to-it", undefined])).toBe(shown);
});

test.each([undefined, null, "text", [], {}, { error: 5 }, { error: " " }])("%j gives no reason", (body) => {
  expect(mqsErrorReason(body, [])).toBeUndefined();
});

test("the time to shorten a reason does not grow with its length", () => {
  expect(mqsErrorReason({ error: "a".repeat(1_000_000) }, [])).toHaveLength(201);
});
