import { expect, it } from "vitest";
import { hideSecrets } from "../../src/domain/hideSecrets.js";

it.each([
  ["Authorization: Bearer eyJhbGciOi.J9.x was refused", "Authorization: Bearer [hidden] was refused"],
  ["authorization=Basic b2xnYTpwdw==", "authorization=Basic [hidden]"],
  ["with bearer eyJhbGciOi", "with bearer [hidden]"],
  ["EWMS_PILOT_QUEUE_AUTH_TOKEN='abc' N=1", "EWMS_PILOT_QUEUE_AUTH_TOKEN='[hidden]' N=1"],
  ['{"auth_token": "abc", "mqid": "q1"}', '{"auth_token": "[hidden]", "mqid": "q1"}'],
  ["cannot reach redis://wms:p@ss/w:rd%25@db:6379/0", "cannot reach redis://[hidden]@db:6379/0"],
  ["amqp://user:abc@broker refused", "amqp://[hidden]@broker refused"],
  ["git clone https://abc@example.org/x.git", "git clone https://[hidden]@example.org/x.git"],
  ["http://:abc@[::1]:80/", "http://[hidden]@[::1]:80/"],
  ["client_secret=abc&grant_type=x", "client_secret=[hidden]&grant_type=x"],
])("hides the secret in %s", (text, shown) => {
  expect(hideSecrets({ reasons: [text], [text]: 1 })).toEqual({ reasons: [shown], [shown]: 1 });
});

it.each([
  "condor_submit: no such file",
  "the token has expired",
  "a basic error: 4 bearers",
  "http://localhost:8080/users/@me",
  "http://example.org/a/@b, mail ada@example.org",
  "file:///var/log/x@1.log",
])("does not change %s", (text) => {
  expect(hideSecrets([text, 1, null, true])).toEqual([text, 1, null, true]);
});

it.each(["://a:", "://", "://a:b", "token=", ":"])("takes linear time for many %s", (part) => {
  const text = part.repeat(200_000);
  expect(hideSecrets(text).length).toBeGreaterThan(0);
});
