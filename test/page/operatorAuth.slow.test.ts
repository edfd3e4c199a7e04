import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { IdentityProvider } from "../auth/identityProvider.js";
import { makeTaskRequestAt, type ServiceScenario, startServiceScenario } from "../scenarios/serviceScenario.js";
import { closeContexts, sharedBrowser } from "../setup/browser.js";
import { pickFreePort } from "../setup/freePort.js";
import { recordingLog } from "../setup/recordingLog.js";
import { waitForValue } from "../setup/waitFor.js";
import { PageDriver } from "./pageDriver.js";

let idp: IdentityProvider;
let browser: Browser;
let tokens: { user: string; tms: string };
beforeAll(async () => {
  [idp, browser] = await Promise.all([IdentityProvider.start(), sharedBrowser()]);
  const tokenOf = (role: string) => idp.signToken({ sub: role, ewms_role: role });
  tokens = { user: await tokenOf("user"), tms: await tokenOf("system-tms") };
});
afterAll(() => Promise.all([closeContexts(), idp?.stop()]));

/** Starts a service with authentication and records its log. */
async function startGuardedService(
  settings: Record<string, string>,
): Promise<{ scenario: ServiceScenario; lines: string[] }> {
  const { log, lines } = recordingLog();
  const scenario = await startServiceScenario({ AUTH_OPENID_URL: idp.issuer, ...settings }, { tokens, log });
  onTestFinished(() => scenario.close());
  return { scenario, lines };
}

/** Opens a workflow by its URL and aborts it. */
async function abortOnPage(
  { scenario, lines }: Awaited<ReturnType<typeof startGuardedService>>,
  driver: PageDriver,
  operator: string,
) {
  const { workflow } = await scenario.submitWorkflow([makeTaskRequestAt([scenario.nextAccessPoint().location])]);
  const { page } = driver;
  await driver.openView(`/workflows/${workflow.workflow_id}`);
  await page.getByText(operator).first().waitFor();
  await page.getByText("Live", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Abort…" }).click();
  await page.getByRole("button", { name: "Abort the workflow" }).click();
  await page.getByText("aborted").first().waitFor();
  const auditRecords = async () => lines.map((line) => JSON.parse(line)).filter(({ audit }) => audit === true);
  const found = await waitForValue("the audit record", auditRecords, (list) => list.length > 0);
  expect(found).toMatchObject([{ operator, action: "/v1/workflows/{workflow_id}/actions/abort", outcome: "done" }]);
  expect(driver.browserErrors).toEqual([]);
}

it("an operator with a password opens a workflow by its URL, and aborts it", async () => {
  const service = await startGuardedService({ ADMIN_USER: "olga", ADMIN_PASSWORD: "open sesame" });
  const driver = await PageDriver.open(browser, service.scenario.url, {
    httpCredentials: { username: "olga", password: "open sesame" },
  });
  await abortOnPage(service, driver, "olga");
  await driver.close();
});

it("an operator who signs in returns to the workflow, aborts it, and signs out", async () => {
  const port = await pickFreePort();
  const url = `http://127.0.0.1:${port}`;
  idp.nextLoginClaims = { sub: "4711", preferred_username: "ada", ewms_role: "operator" };
  const service = await startGuardedService({ REST_PORT: String(port), ...idp.registerService(url) });
  const driver = await PageDriver.open(browser, url, {});
  driver.allowHost(idp.issuer);
  await abortOnPage(service, driver, "ada (4711)");

  // The page reports the end of the session.
  await driver.page.context().clearCookies();
  await driver.page.getByRole("link", { name: "Schedds" }).click();
  await driver.page.getByRole("alert").getByText("You are signed out").waitFor();
  await driver.page.getByRole("button", { name: "Reload the page" }).click();
  await driver.page
    .getByRole("link", { name: /access-point/ })
    .first()
    .waitFor();
  await driver.page.getByRole("button", { name: "Sign out" }).click();
  await driver.page.getByRole("heading", { name: "Signed out" }).waitFor();
  await driver.close();
});

it("a person without a role chooses another account, and signs out at the provider too", async () => {
  const port = await pickFreePort();
  const url = `http://127.0.0.1:${port}`;
  const provider = await IdentityProvider.start();
  onTestFinished(() => provider.stop());
  provider.offersLogout = true;
  provider.nextLoginClaims = { sub: "4712", preferred_username: "eve" };
  provider.chosenLoginClaims = { sub: "4711", preferred_username: "ada", ewms_role: "operator" };
  await startGuardedService({ REST_PORT: String(port), ...provider.registerService(url) });
  const page = await browser.newPage();
  const problems: string[] = [];
  page.on("console", (message) => void (/policy/i.test(message.text()) && problems.push(message.text())));

  await page.goto(`${url}/schedds`);
  await page.getByText("eve (4712) has none of the roles user, operator, viewer").waitFor();
  // The browser applies the style of the page.
  expect(await page.evaluate("getComputedStyle(document.querySelector('main')).borderRadius")).toBe("8px");
  await page.getByRole("link", { name: "Sign in as somebody else" }).click();
  await page.getByText("ada (4711)").waitFor();
  expect(page.url()).toBe(`${url}/schedds`);
  const session = await page.context().cookies(url);

  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Signed out" }).waitFor();
  expect(page.url()).toBe(`${url}/admin/signed-out?state=provider`);
  expect(provider.logouts.length).toBe(1);
  expect(problems).toEqual([]);

  // The old cookie opens nothing.
  await page.context().addCookies(session);
  expect((await page.request.get(`${url}/admin/queues`, { maxRedirects: 0 })).status()).toBe(401);
  expect((await page.request.get(`${url}/v1/schedds`)).status()).toBe(401);
  await page.close();
});
