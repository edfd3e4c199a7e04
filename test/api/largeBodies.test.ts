import { request as httpRequest } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { LARGE_BODY_BYTES } from "../../src/api/http/bodyReader.js";
import { type ApiFixture, startApiFixture } from "./apiFixture.js";

let fixture: ApiFixture;
beforeAll(async () => {
  fixture = await startApiFixture();
});
afterAll(() => fixture.close());

const LARGE = JSON.stringify({ error: "x".repeat(LARGE_BODY_BYTES) });
const PATH = "/v1/tms/condor-rm/taskforces/TF-1/failed";

/** Begins to send a large body, and sends the rest on request. */
async function beginLargeBody() {
  const outgoing = httpRequest(fixture.service.url + PATH, {
    method: "POST",
    agent: false,
    headers: { "content-length": LARGE.length },
  });
  const status = new Promise<number | undefined>((resolve, reject) => {
    outgoing.on("response", (incoming) => resolve(incoming.resume().statusCode));
    outgoing.on("error", reject);
  });
  await new Promise((sent) => outgoing.write(LARGE.slice(0, 1000), sent));
  return {
    status,
    finish: () => void outgoing.end(LARGE.slice(1000)),
    abandon: () => {
      status.catch(() => undefined);
      outgoing.destroy();
    },
  };
}

test("a caller sends two large bodies at a time; small ones do not wait", async () => {
  const [one, other, third] = [await beginLargeBody(), await beginLargeBody(), await beginLargeBody()];
  third.finish();
  let isThirdAnswered = false;
  void third.status.then(() => {
    isThirdAnswered = true;
  });
  // Each of these requests takes several turns of the event loop.
  for (let n = 0; n < 20; n++) expect((await fixture.client.post(PATH, {})).status).toBe(404);
  expect(isThirdAnswered).toBe(false);
  one.finish();
  expect(await one.status).toBe(404);
  expect(await third.status).toBe(404);
  other.finish();
  expect(await other.status).toBe(404);
});

test("a client that disconnects gives its place back", async () => {
  const [one, other, third] = [await beginLargeBody(), await beginLargeBody(), await beginLargeBody()];
  third.finish();
  one.abandon();
  expect(await third.status).toBe(404);
  other.abandon();
});
