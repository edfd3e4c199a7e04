import { expect, it } from "vitest";
import { hideSecrets } from "../../../src/api/dashboard/hideSecrets.js";

it.each([
  ["Authorization: Bearer eyJhbGciOi.J9.x was refused", "Authorization: Bearer [hidden] was refused"],
  ["authorization=Basic b2xnYTpwdw==", "authorization=Basic [hidden]"],
  ["with bearer eyJhbGciOi", "with bearer [hidden]"],
  ["EWMS_PILOT_QUEUE_AUTH_TOKEN='abc' N=1", "EWMS_PILOT_QUEUE_AUTH_TOKEN='[hidden]' N=1"],
  ['{"auth_token": "abc", "mqid": "q1"}', '{"auth_token": "[hidden]", "mqid": "q1"}'],
  ["client_secret=abc&grant_type=x", "client_secret=[hidden]&grant_type=x"],
])("hides the secret in %s", (text, shown) => {
  expect(hideSecrets({ reasons: [text], [text]: 1 })).toEqual({ reasons: [shown], [shown]: 1 });
});

it.each(["condor_submit: no such file", "the token has expired", "a basic error: 4 bearers"])(
  "does not change %s",
  (text) => {
    expect(hideSecrets([text, 1, null, true])).toEqual([text, 1, null, true]);
  },
);
