import { once } from "node:events";
import { createServer, type IncomingMessage, request } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { openBrowser } from "../../scripts/browser/chromium.js";
import { type ApiFixture, type ScheddLocation, type ScheddResponse, startApiFixture } from "../api/apiFixture.js";
import { WORKFLOW_REQUEST_JSON } from "../processes/workflowRequestJson.js";
import { waitForValue } from "../setup/waitFor.js";

let browser: Browser;
/** Listens to localhost only, like a service on a laptop. */
let local: ApiFixture;
/** Other hosts reach it. */
let exposed: ApiFixture;
/** Serves an empty page under every name. */
const foreignSite = createServer((_request, response) => {
  response.writeHead(200, { "content-type": "text/html", "referrer-policy": "no-referrer" }).end("<!doctype html>");
});

beforeAll(async () => {
  foreignSite.listen(0, "127.0.0.1");
  await once(foreignSite, "listening");
  [browser, local, exposed] = await Promise.all([
    // An address that is not localhost, as a browser sees it.
    openBrowser("MAP evil.example 127.0.0.1,MAP 192.0.2.7 127.0.0.1"),
    startApiFixture(),
    startApiFixture({ REST_HOST: "0.0.0.0", AUTH_DISABLED: "true" }),
  ]);
}, 60_000);
afterAll(async () => {
  await Promise.all([browser.close(), local.close(), exposed.close()]);
  foreignSite.close();
});

const portOf = ({ service }: ApiFixture): string => new URL(service.url).port;

async function open(url: string): Promise<Page> {
  const context = await browser.newContext();
  onTestFinished(() => context.close());
  const page = await context.newPage();
  await page.goto(url);
  return page;
}

const openForeignPage = (): Promise<Page> =>
  open(`http://evil.example:${(foreignSite.address() as AddressInfo).port}/`);

/** Starts a site whose name leads to the service once its page is loaded. @returns its address */
async function startReboundSite(serviceUrl: string): Promise<string> {
  const site = createServer((incoming, response) => {
    const { method, headers, url } = incoming;
    if (url === "/attack") {
      response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html>");
      return;
    }
    const onAnswer = (answer: IncomingMessage) =>
      answer.pipe(response.writeHead(answer.statusCode ?? 0, answer.headers));
    incoming.pipe(request(serviceUrl + url, { method, headers }, onAnswer));
  });
  site.listen(0, "127.0.0.1");
  await once(site, "listening");
  onTestFinished(() => {
    site.close();
    site.closeAllConnections();
  });
  return `http://evil.example:${(site.address() as AddressInfo).port}`;
}

/** Runs a fetch in a page. @returns its status; 0 if the page may not see it */
const fetchIn = (page: Page, url: string, options: object = {}): Promise<number> =>
  page.evaluate<number>(
    `fetch(${JSON.stringify(url)}, ${JSON.stringify(options)}).then(({ status }) => status, () => 0)`,
  );

/** Loads an image in a page, and waits for its end. */
const loadImage = (page: Page, url: string): Promise<void> =>
  page.evaluate<void>(`new Promise((resolve) => {
    const image = new Image();
    image.onload = image.onerror = () => resolve();
    image.src = ${JSON.stringify(url)};
  })`);

const pollPath = ({ schedd }: ScheddLocation): string => `/v1/tms/pending-starter/taskforces?schedd=${schedd}`;

async function countLeases({ client }: ApiFixture, { schedd }: ScheddLocation): Promise<number> {
  // With several browsers on a busy machine, Redis may take more than two seconds: 503, and a client repeats the request.
  const { status, reason, body } = await waitForValue(
    "a response",
    () => client.get<ScheddResponse>(`/v1/schedds/${schedd}`),
    (response) => response.status !== 503,
  );
  expect(status, reason).toBe(200);
  return body.starter.leased;
}

async function countWorkflows({ client }: ApiFixture): Promise<number> {
  const found = await client.post("/v1/query/workflows", { query: {} });
  expect(found.status, found.text).toBe(200);
  return found.body.workflows.length;
}

/** Requests that reach a service from a page, by their status. */
function collectStatuses(page: Page, port: string): Map<string, number> {
  const statuses = new Map<string, number>();
  page.on("response", (response) => {
    const url = new URL(response.url());
    if (url.port === port) statuses.set(url.pathname, response.status());
  });
  return statuses;
}

test.each(["127.0.0.1", "localhost"])("another site's page can't use a service at %s", async (host) => {
  const place = local.nextLocation();
  await local.createPendingTaskforce(place);
  const workflows = await countWorkflows(local);
  const page = await openForeignPage();
  const statuses = collectStatuses(page, portOf(local));
  const url = `http://${host}:${portOf(local)}`;
  await fetchIn(page, `${url}/v1/workflows`, { method: "POST", mode: "no-cors", body: WORKFLOW_REQUEST_JSON });
  await loadImage(page, url + pollPath(place));
  await fetchIn(page, `${url}/metrics`, { mode: "no-cors" });
  expect(await countWorkflows(local)).toBe(workflows);
  expect(await countLeases(local, place)).toBe(0);
  for (const status of statuses.values()) expect(status).toBe(403);
});

test("DNS rebinding does not open a service", async () => {
  const place = local.nextLocation();
  await local.createPendingTaskforce(place);
  const workflows = await countWorkflows(local);
  const url = await startReboundSite(local.service.url);
  const page = await open(`${url}/attack`);
  for (const path of ["/v1/query/workflows", "/v1/workflows"])
    expect(await fetchIn(page, url + path, { method: "POST", body: WORKFLOW_REQUEST_JSON })).toBe(403);
  for (const path of ["/metrics", "/v1/", "/docs/", "/", pollPath(place)])
    expect(await fetchIn(page, url + path)).toBe(403);
  expect(await countWorkflows(local)).toBe(workflows);
  expect(await countLeases(local, place)).toBe(0);
});

test("at an address that browsers do not trust, a page can't hide where it comes from to take a lease", async () => {
  const place = exposed.nextLocation();
  await exposed.createPendingTaskforce(place);
  const page = await openForeignPage();
  const url = `http://192.0.2.7:${portOf(exposed)}`;
  await loadImage(page, url + pollPath(place));
  await fetchIn(page, url + pollPath(place), { mode: "no-cors" });
  expect(await countLeases(exposed, place)).toBe(0);
});

test.each([
  ["at localhost", () => `http://localhost:${portOf(local)}`, () => local],
  ["at an address that browsers do not trust", () => `http://192.0.2.7:${portOf(exposed)}`, () => exposed],
])("the service's own documentation may send all requests, %s", async (_where, urlOf, fixtureOf) => {
  const place = fixtureOf().nextLocation();
  await fixtureOf().createPendingTaskforce(place);
  const page = await open(`${urlOf()}/docs/`);
  await page.getByText("EWMS workflow management service").first().waitFor();
  expect(await fetchIn(page, "/v1/workflows", { method: "POST", body: WORKFLOW_REQUEST_JSON })).toBe(400);
  expect(await fetchIn(page, "/v1/query/workflows", { method: "POST", body: '{"query": {}}' })).toBe(200);
  expect(await fetchIn(page, pollPath(place))).toBe(200);
  expect(await countLeases(fixtureOf(), place)).toBe(1);
});

test("a link on another site opens the documentation", async () => {
  const page = await openForeignPage();
  await page.setContent(`<a href="http://localhost:${portOf(local)}/docs/">docs</a>`);
  await page.getByText("docs").click();
  await page.getByText("EWMS workflow management service").first().waitFor();
});
