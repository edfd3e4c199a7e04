import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeTaskRequestAt, type ServiceScenario, startServiceScenario } from "../scenarios/serviceScenario.js";
import { sendRequest } from "../setup/http.js";

let scenario: ServiceScenario;
beforeAll(async () => {
  scenario = await startServiceScenario({ BASE_PATH: "/ewms/wms.v2" });
});
afterAll(() => scenario?.close());

const HTML = { accept: "text/html" };
const get = (path: string, headers: Record<string, string> = {}) => sendRequest(scenario.url + path, { headers });

describe("a service with a base path", () => {
  it.each([
    ["/ewms/wms.v2/v1/", 200],
    ["/v1/", 200],
    ["/ewms/wms.v2/healthz", 200],
    ["/ewms/wms.v2/readyz?x=1", 200],
    ["/ewms/wms.v2x/v1/", 404],
    ["/ewms/wms_v2/v1/", 404],
    ["/ewms/v1/", 404],
    ["/ewms/wms.v2/ewms/wms.v2/v1/", 404],
  ])("answers GET %s with %i", async (path, status) => {
    expect((await get(path)).status).toBe(status);
  });

  it.each(["/ewms/wms.v2", "/ewms/wms.v2/", "/ewms/wms.v2?state=running", "/ewms/wms.v2/schedds", "/"])(
    "serves the page at %s, with links below the base path",
    async (path) => {
      const { status, text } = await get(path, HTML);
      expect(status).toBe(200);
      const links = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link]) => link);
      expect(links.length).toBeGreaterThanOrEqual(3);
      for (const link of links) expect(link).toMatch(/^\/ewms\/wms\.v2\/assets\//);
      expect(text).toContain('<meta name="base-path" content="/ewms/wms.v2">');
    },
  );

  it("names the base path in the dashboard, in operators' pages and in the API's document", async () => {
    expect((await get("/admin/queues", HTML)).text).toContain('<base href="/ewms/wms.v2/admin/queues/"');
    expect((await get("/admin/", HTML)).text).toContain('href="/ewms/wms.v2/admin/queues"');
    const { workflow, taskforces } = await scenario.submitWorkflow([
      makeTaskRequestAt([scenario.nextAccessPoint().location]),
    ]);
    const shown = (await get(`/ewms/wms.v2/admin/workflows/${workflow.workflow_id}`)).body;
    const pages = taskforces.map(({ taskforce_uuid }) => `/ewms/wms.v2/admin/taskforces/${taskforce_uuid}`);
    expect(shown).toMatchObject({ taskforce_pages: pages });
    const { servers } = (await get("/v1/schema/openapi")).body as { servers: { url: string }[] };
    expect(servers.map(({ url }) => url)).toEqual(["/ewms/wms.v2"]);
  });

  it("redirects to the documentation below the base path", async () => {
    const { status, headers } = await get("/ewms/wms.v2/docs");
    expect(status).toBe(301);
    expect(new URL(headers.location ?? "", `${scenario.url}/ewms/wms.v2/docs`).pathname).toBe("/ewms/wms.v2/docs/");
  });
});
