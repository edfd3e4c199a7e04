import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { IdentityProvider } from "../auth/identityProvider.js";
import { runCli } from "../cli/runCli.js";
import { PageDriver } from "../page/pageDriver.js";
import { closeContexts, sharedBrowser } from "../setup/browser.js";
import { pickFreePort } from "../setup/freePort.js";
import { sendRequest } from "../setup/http.js";
import { startTestService } from "../setup/testService.js";
import { ensureProxy, type ProxyName, startProxy } from "./reverseProxy.js";

const hasNginx = await ensureProxy("nginx");
const hasHaproxy = await ensureProxy("haproxy");

let browser: Browser;
beforeAll(async () => {
  browser = await sharedBrowser();
});
afterAll(() => closeContexts());

/** Starts a service that browsers reach at `/wms` of a proxy. @returns its address there, without a slash at the end */
async function startBehindProxy(
  name: ProxyName,
  change: (text: string) => string,
  settingsFor: (url: string) => Record<string, string> = () => ({}),
): Promise<string> {
  const port = await pickFreePort();
  const url = await startProxy(name, [`http://127.0.0.1:${port}`], { change, atEnd: onTestFinished });
  const settings = { REST_PORT: String(port), PUBLIC_URL: url, TRUST_PROXY: "1", ...settingsFor(url) };
  const service = await startTestService(settings);
  onTestFinished(() => service.close());
  return url;
}

/** Submits the example through the proxy, with a slash at the end of the address. @returns the id of the workflow */
async function submitExample(url: string): Promise<string> {
  const { code, stdout, stderr } = await runCli(["submit", "examples/workflow.json"], { env: { EWMS_URL: `${url}/` } });
  expect({ code, stderr }).toMatchObject({ code: 0 });
  return /WF-[\w-]+/.exec(stdout)?.[0] ?? "";
}

const heading = (page: Page, name: string | RegExp) => page.getByRole("heading", { level: 1, name }).waitFor();

describe.runIf(hasNginx).each([
  ["keeps", (text: string) => text],
  ["removes", (text: string) => text.replace("proxy_pass http://ewms_wms;", "proxy_pass http://ewms_wms/;")],
] as const)("behind nginx that %s the path (needs nginx)", (_, change) => {
  it("page, events, dashboard and documentation work in a browser", async () => {
    const url = await startBehindProxy("nginx", change);
    // It reports every request outside of the path.
    const driver = await PageDriver.open(browser, url);
    const { page } = driver;
    const workflow = await submitExample(url);

    await page.goto(url);
    await page.getByRole("link", { name: workflow }).click();
    await heading(page, workflow);
    expect(page.url()).toBe(`${url}/workflows/${workflow}`);
    await page.reload();
    await page.getByText("Live", { exact: true }).waitFor();
    const { code } = await runCli(["abort", workflow, "--yes"], { env: { EWMS_URL: `${url}/v1` } });
    expect(code).toBe(0);
    // An event reports it.
    await page.getByText("aborted").first().waitFor();
    await page.getByRole("link", { name: "Schedds", exact: true }).click();
    await heading(page, "Schedds");
    expect(page.url()).toBe(`${url}/schedds`);
    await page.getByRole("link", { name: "grid-submitter.icecube.wisc.edu" }).first().click();
    await heading(page, /grid-submitter/);
    await page.getByRole("link", { name: "System" }).click();
    await heading(page, "System");
    await page.goBack();
    await heading(page, /grid-submitter/);

    await page.getByRole("link", { name: "Queues", exact: true }).click();
    await page.getByRole("main").getByRole("link", { name: "mq-activation", exact: true }).click();
    await page.getByRole("link", { name: "LATEST" }).waitFor();
    expect(page.url()).toMatch(`${url}/admin/queues/queue/mq-activation`);

    // The example creates a workflow.
    await page.goto(`${url}/docs`);
    expect(page.url()).toBe(`${url}/docs/`);
    const creation = page.locator("#operations-workflows-createWorkflow");
    await creation.getByText("Create a workflow").click();
    await creation.getByRole("button", { name: "Try it out" }).click();
    await creation.getByRole("button", { name: "Execute" }).click();
    const response = creation.locator(".live-responses-table .response");
    await response.getByText("200", { exact: true }).waitFor();
    expect(await response.textContent()).toMatch(/"workflow_id": "WF-/);
    expect(await creation.locator(".request-url").textContent()).toContain(`${url}/v1/workflows`);
    expect(driver.browserErrors).toEqual([]);
    await driver.close();
  });

  it("an operator signs in, returns to the view, and signs out", async () => {
    const provider = await IdentityProvider.start();
    onTestFinished(() => provider.stop());
    provider.nextLoginClaims = { sub: "4711", preferred_username: "ada", ewms_role: "operator" };
    const url = await startBehindProxy("nginx", change, (url) => provider.registerService(url));
    const driver = await PageDriver.open(browser, url);
    driver.allowHost(provider.issuer);
    const { page } = driver;

    await page.goto(`${url}/schedds?x=1`);
    await page.getByText("ada (4711)").waitFor();
    expect(page.url()).toBe(`${url}/schedds?x=1`);
    const cookies = await page.context().cookies(url);
    expect(cookies.map(({ name, path }) => ({ name, path }))).toEqual([{ name: "wms_operator", path: "/wms" }]);
    await page.goto(`${url}/admin/`);
    await page.getByRole("link", { name: "Workflows and schedds" }).click();
    await heading(page, "Workflows");
    await page.getByRole("button", { name: "Sign out" }).click();
    await heading(page, "Signed out");
    expect(page.url()).toBe(`${url}/admin/signed-out`);
    await page.getByRole("link", { name: "Sign in", exact: true }).click();
    await page.getByText("ada (4711), operator").waitFor();
    expect(page.url()).toBe(`${url}/`);
    expect(driver.browserErrors).toEqual([]);
    await driver.close();
  });
});

describe.runIf(hasHaproxy)("behind HAProxy (needs haproxy)", () => {
  it("a client submits, and the API's document names the path", async () => {
    const url = await startBehindProxy("haproxy", (text) => text.replace("inter 1s", "inter 50ms"));
    await expect.poll(async () => (await sendRequest(`${url}/readyz`)).status).toBe(200);
    const workflow = await submitExample(url);
    const { body } = await sendRequest<{ workflow_id: string }>(`${url}/v1/workflows/${workflow}`);
    expect(body.workflow_id).toBe(workflow);
    const { body: document } = await sendRequest<{ servers: { url: string }[] }>(`${url}/v1/schema/openapi`);
    expect(document.servers.map(({ url }) => url)).toEqual(["/wms"]);
    expect((await sendRequest(`${url}/`, { headers: { accept: "text/html" } })).text).toContain('src="/wms/assets/');
    // Only this path is the service's.
    expect((await sendRequest(url.replace("/wms", "/wmsx/v1/"))).status).toBe(503);
  });
});
