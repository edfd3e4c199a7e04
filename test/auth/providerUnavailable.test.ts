import { expect, onTestFinished, test } from "vitest";
import { OidcProvider } from "../../src/auth/oidcProvider.js";
import { UpstreamOutcomes } from "../../src/domain/upstreamOutcomes.js";
import { recordingLog } from "../setup/recordingLog.js";
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

test("the outcomes of fetches are recorded", async () => {
  const idp = await IdentityProvider.start();
  onTestFinished(() => idp.stop());
  await idp.stop();
  const outcomes = new UpstreamOutcomes();
  const provider = new OidcProvider(idp.issuer, recordingLog().log, { outcomes });
  await provider.warmUp();
  expect(outcomes.state).toMatchObject({ last_success: null, failing_since: expect.any(Number) });
  expect(outcomes.state.last_error?.message).toMatch(/ECONNREFUSED/);
  await idp.restart();
  // Without a request.
  await waitForValue(
    "an answer",
    async () => outcomes.state,
    ({ failing_since }) => failing_since === null,
  );
  expect(outcomes.state).toMatchObject({ last_success: expect.any(Number), latency_ms: expect.any(Number) });
});
