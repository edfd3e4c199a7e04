import { pino } from "pino";
import { expect, test } from "vitest";
import { loggerOptions } from "../../src/app/logging.js";
import { freshDatabase } from "../setup/database.js";
import { openRedis } from "../setup/testRedis.js";

const SECRET = "s3cret-of-a-client";

/** Returns a logged line. */
function logged(line: object): string {
  const lines: string[] = [];
  pino(loggerOptions("info"), { write: (text) => void lines.push(text) }).info(line, "something happened");
  return lines.join("");
}

test.each([
  ["a header", { headers: { authorization: `Bearer ${SECRET}` } }],
  ["a header of Node's fetch", { options: { headers: { Authorization: `Bearer ${SECRET}` } } }],
  ["a request", { req: { headers: { cookie: `session=${SECRET}` } } }],
  ["a response", { res: { headers: { "set-cookie": [`session=${SECRET}`] } } }],
  ["a queue's profile", { profile: { alias: "in", auth_token: SECRET } }],
  ["several profiles", { profiles: [{ auth_token: SECRET }, { auth_token: SECRET }] }],
  ["credentials of the MQS", { config: { mqs: { credentials: { clientSecret: SECRET } } } }],
  ["a form of OAuth2", { body: { grant_type: "client_credentials", client_secret: SECRET } }],
  ["a response of OpenID Connect", { body: { access_token: SECRET, refresh_token: SECRET, id_token: SECRET } }],
  ["the line itself", { auth_token: SECRET, authorization: SECRET, client_secret: SECRET }],
])("a secret in %s is redacted", (_, line) => {
  const text = logged(line);
  expect(text).toContain("[redacted]");
  expect(text).not.toContain(SECRET);
});

test("an error is logged with type, message, stack and code, without other properties", () => {
  const text = logged({ err: withFields({ code: "E1", config: { headers: { authorization: SECRET } } }) });
  expect(JSON.parse(text).err).toEqual({
    type: "Error",
    message: expect.any(String),
    stack: expect.stringContaining("logging.test"),
    code: "E1",
  });
});

test("an error of Redis is logged without the arguments of its command", async () => {
  const redis = openRedis(await freshDatabase());
  await redis.set("text", "no hash");
  const profile = JSON.stringify({ alias: "in", auth_token: SECRET });
  const single = await redis.hset("text", "profile", profile).catch((error: unknown) => error);
  const within = await redis
    .multi()
    .hset("text", "profile", profile)
    .call("HSET", "wrong", profile)
    .exec()
    .catch((error: unknown) => error);
  redis.disconnect();

  for (const err of [single, within]) {
    expect(err).toBeInstanceOf(Error);
    const text = logged({ err });
    expect(text).toMatch(/WRONGTYPE|EXECABORT/);
    expect(text).not.toContain(SECRET);
  }
});

function withFields(fields: object): Error {
  return Object.assign(new Error("request failed"), fields);
}
