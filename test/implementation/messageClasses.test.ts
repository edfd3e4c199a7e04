import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInThisContext } from "node:vm";
import express, { type Request, type Response } from "express";
import { expect, onTestFinished, test } from "vitest";
import { createServer } from "../../src/api/http/httpServer.js";

setFlagsFromString("--allow-natives-syntax");
/** Whether two objects have the same shape in V8. */
const haveSameShape = runInThisContext("(one, other) => %HaveSameMap(one, other)") as (
  one: object,
  other: object,
) => boolean;
// V8 parses the body of a function at its first call, which needs the flag.
haveSameShape({}, {});
setFlagsFromString("--no-allow-natives-syntax");

test("requests and responses keep one shape in Express", async () => {
  const app = express();
  const seen: [Request, Response][] = [];
  app.get("/", (request, response) => {
    seen.push([request, response]);
    response.end();
  });
  const server = createServer(app).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  const arrived: object[] = [];
  server.prependListener("request", (request, response) => {
    arrived.push(Object.getPrototypeOf(request), Object.getPrototypeOf(response));
  });
  const { port } = server.address() as AddressInfo;
  for (let times = 0; times < 3; times++) await fetch(`http://127.0.0.1:${port}/`);

  expect(arrived).toEqual(Array.from({ length: 3 }, () => [app.request, app.response]).flat());
  const [, [second, secondAnswer], [third, thirdAnswer]] = seen as [unknown, (typeof seen)[0], (typeof seen)[0]];
  expect(haveSameShape(second, third)).toBe(true);
  expect(haveSameShape(secondAnswer, thirdAnswer)).toBe(true);
});

test("requests and responses have the methods of Express", async () => {
  const app = express();
  app.get("/:name", (request, response) => {
    response.json({ name: request.params["name"], path: request.path, app: request.app === app });
  });
  const server = createServer(app).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const answer = await fetch(`http://127.0.0.1:${port}/x?y`);
  expect(await answer.json()).toEqual({ name: "x", path: "/x", app: true });
});
