import { expect, onTestFinished, test } from "vitest";
import { startTestService } from "../setup/testService.js";
import { waitForValue } from "../setup/waitFor.js";
import { IdentityProvider } from "./identityProvider.js";

test("a service starts without its identity provider, and verifies tokens as soon as it is reachable", async () => {
  const idp = await IdentityProvider.start();
  const headers = { authorization: `Bearer ${await idp.signToken({ ewms_role: "user" })}` };
  await idp.stop();
  const service = await startTestService({ AUTH_OPENID_URL: idp.issuer });
  onTestFinished(async () => {
    await service.close();
    await idp.stop();
  });
  const ask = (init: RequestInit = { headers }) => fetch(`${service.url}/v1/`, init);

  const meanwhile = await ask();
  expect(meanwhile.status).toBe(503);
  expect(Number(meanwhile.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(await meanwhile.json()).toEqual({ code: 503, error: meanwhile.statusText });
  expect((await ask({})).status).toBe(401);
  expect((await fetch(`${service.url}/healthz`)).status).toBe(200);

  await idp.restart();
  await waitForValue("the token counts", ask, ({ status }) => status === 200);
  expect((await ask({ headers: { authorization: "Bearer a.b.c" } })).status).toBe(401);
});
