import { once } from "node:events";
import type { Server } from "node:http";
import { exportJWK, generateKeyPair } from "jose";
import Provider from "oidc-provider";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { createClient, createTokenSource, unwrapResponse, type WorkflowRequest } from "../../client/src/index.js";
import { startScriptedMqs } from "../mqs/scriptedMqs.js";
import { PageDriver } from "../page/pageDriver.js";
import { WITH_QUEUES_JSON, WORKFLOW_REQUEST_JSON } from "../processes/workflowRequestJson.js";
import { closeContexts, sharedBrowser } from "../setup/browser.js";
import { pickFreePort } from "../setup/freePort.js";
import { startTestService } from "../setup/testService.js";

const AUDIENCE = "ewms-wms";
const SECRETS = { user: "a secret of the user", tms: "a secret of the TMS", mqs: "a secret of the WMS at the MQS" };
const ROLES: Record<string, string> = { user: "user", tms: "system-tms" };

let issuer: string;
let url: string;
let port: number;
let server: Server;

/** Starts oidc-provider, which knows three programs, and browsers' logins with any name. */
beforeAll(async () => {
  const issuerPort = await pickFreePort();
  port = await pickFreePort();
  issuer = `http://127.0.0.1:${issuerPort}`;
  url = `http://127.0.0.1:${port}`;
  const { privateKey } = await generateKeyPair("RS256", { extractable: true });
  const program = (client_id: string, client_secret: string) => ({
    ...{ client_id, client_secret, grant_types: ["client_credentials"], redirect_uris: [], response_types: [] },
  });
  const provider = new Provider(issuer, {
    clients: [
      ...Object.entries(SECRETS).map(([name, secret]) => program(name, secret)),
      {
        client_id: "operators",
        token_endpoint_auth_method: "none",
        redirect_uris: [`${url}/admin/callback`],
        post_logout_redirect_uris: [`${url}/admin/signed-out`],
      },
    ],
    jwks: { keys: [{ ...(await exportJWK(privateKey)), alg: "RS256", use: "sig", kid: "of-the-test" }] },
    cookies: { keys: ["signs the cookies of this test"] },
    features: {
      devInteractions: { enabled: true },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => "urn:ewms:wms",
        getResourceServerInfo: () => ({ scope: "", audience: AUDIENCE, accessTokenFormat: "jwt", accessTokenTTL: 300 }),
      },
    },
    extraTokenClaims: (_context, token) => ({ ewms_role: ROLES[token.clientId ?? ""] }),
    conformIdTokenClaims: false,
    claims: { openid: ["sub", "preferred_username", "ewms_role"] },
    findAccount: (_context, id) => ({
      accountId: id,
      claims: () => ({ sub: id, preferred_username: id, ewms_role: id === "ada" ? "operator" : "guest" }),
    }),
  });
  server = provider.listen(issuerPort, "127.0.0.1");
  await once(server, "listening");
});
afterAll(async () => {
  await closeContexts();
  server?.closeAllConnections();
  server?.close();
});

/** Starts a service that uses the provider. */
async function startService(settings: Record<string, string> = {}): Promise<void> {
  const service = await startTestService({
    AUTH_OPENID_URL: issuer,
    AUTH_AUDIENCE: AUDIENCE,
    REST_PORT: String(port),
    ...settings,
  });
  onTestFinished(() => service.close());
}

/** A client of the service with the token of a program. */
const clientOf = (clientId: keyof typeof SECRETS) =>
  createClient({ url, token: createTokenSource({ issuer, clientId, clientSecret: SECRETS[clientId] }) });

it("programs get tokens by client credentials, and each has the role in its token", async () => {
  await startService();
  const body = JSON.parse(WORKFLOW_REQUEST_JSON) as WorkflowRequest;
  const { taskforces } = await unwrapResponse(clientOf("user").POST("/v1/workflows", { body }));
  const poll = { params: { query: { schedd: "SCHEDD1" } } };
  const handOut = await unwrapResponse(clientOf("tms").GET("/v1/tms/pending-starter/taskforces", poll));
  expect(handOut).toMatchObject({ taskforce: { taskforce_uuid: taskforces[0]?.taskforce_uuid } });
  const refused = await clientOf("tms").POST("/v1/workflows", { body });
  expect(refused.response.status).toBe(403);
});

it("the service gets its tokens for the MQS from the issuer that MQS_TOKEN_URL names", async () => {
  const mqs = await startScriptedMqs();
  onTestFinished(() => mqs.close());
  const credentials = { MQS_TOKEN_URL: issuer, MQS_CLIENT_ID: "mqs", MQS_CLIENT_SECRET: SECRETS.mqs };
  await startService({ MQS_ADDRESS: mqs.address, ...credentials });
  const body = JSON.parse(WITH_QUEUES_JSON) as WorkflowRequest;
  await unwrapResponse(clientOf("user").POST("/v1/workflows", { body }));
  const [, payload = ""] = (mqs.calls[0]?.authorization ?? "").replace("Bearer ", "").split(".");
  expect(JSON.parse(Buffer.from(payload, "base64url").toString())).toMatchObject({ iss: issuer, client_id: "mqs" });
});

it("an operator signs in and out in a browser; a person without a role is refused", async () => {
  await startService({ ADMIN_CLIENT_ID: "operators", PUBLIC_URL: url });
  const driver = await PageDriver.open(await sharedBrowser(), url);
  driver.allowHost(issuer);
  const { page } = driver;
  const signIn = async (name: string) => {
    await page.getByPlaceholder("Enter any login").fill(name);
    await page.getByPlaceholder("and password").fill("any");
    await page.getByRole("button", { name: "Sign-in" }).click();
    await page.getByRole("button", { name: "Continue" }).click();
  };

  await page.goto(`${url}/schedds`);
  await signIn("eve");
  await page.getByText("eve has none of the roles user, operator, viewer").waitFor();
  await page.getByRole("link", { name: "Sign in as somebody else" }).click();
  await signIn("ada");
  await page.getByRole("heading", { level: 1, name: "Schedds" }).waitFor();
  expect(page.url()).toBe(`${url}/schedds`);

  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("button", { name: /Yes, sign me out/ }).click();
  await page.getByRole("heading", { name: "Signed out" }).waitFor();
  expect(page.url()).toBe(`${url}/admin/signed-out?state=provider`);
  await driver.close();
});
