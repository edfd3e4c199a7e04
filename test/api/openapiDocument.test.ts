import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ApiFixture, startApiFixture } from "./apiFixture.js";

let fixture: ApiFixture;
beforeAll(async () => {
  fixture = await startApiFixture({ MQS_ADDRESS: "http://127.0.0.1:9" });
});
afterAll(() => fixture.close());

const ROUTES: [string, string][] = [
  ["get", "/v1/"],
  ["post", "/v1/query/task-directives"],
  ["post", "/v1/query/taskforces"],
  ["post", "/v1/query/workflows"],
  ["get", "/v1/schema/openapi"],
  ["get", "/v1/task-directives/{task_id}"],
  ["post", "/v1/task-directives/{task_id}/actions/add-workers"],
  ["get", "/v1/taskforces/{taskforce_uuid}"],
  ["post", "/v1/tms/condor-complete/taskforces/{taskforce_uuid}"],
  ["post", "/v1/tms/condor-rm/taskforces/{taskforce_uuid}"],
  ["post", "/v1/tms/condor-rm/taskforces/{taskforce_uuid}/failed"],
  ["post", "/v1/tms/condor-submit/taskforces/{taskforce_uuid}"],
  ["post", "/v1/tms/condor-submit/taskforces/{taskforce_uuid}/failed"],
  ["get", "/v1/tms/pending-starter/taskforces"],
  ["get", "/v1/tms/pending-stopper/taskforces"],
  ["post", "/v1/tms/statuses/taskforces"],
  ["post", "/v1/workflows"],
  ["get", "/v1/workflows/{workflow_id}"],
  ["post", "/v1/workflows/{workflow_id}/actions/abort"],
  ["post", "/v1/workflows/{workflow_id}/actions/finished"],
];

/** Routes that the existing service does not have. */
const EXTENSIONS: [string, string][] = [
  ["get", "/v1/diagnosis"],
  ["get", "/v1/events"],
  ["get", "/v1/locations"],
  ["get", "/v1/schedds"],
  ["get", "/v1/schedds/{schedd}"],
  ["get", "/v1/schedds/{schedd}/diagnosis"],
  ["get", "/v1/taskforces/{taskforce_uuid}/diagnosis"],
  ["post", "/v1/workflows/{workflow_id}/actions/retry"],
  ["get", "/v1/workflows/{workflow_id}/diagnosis"],
  ["get", "/v1/workflows"],
  ["get", "/v1/workflows/{workflow_id}/annotations"],
  ["put", "/v1/workflows/{workflow_id}/annotations"],
  ["get", "/v1/workflows/{workflow_id}/queues"],
  ["get", "/v1/stray-clusters"],
  ["delete", "/v1/stray-clusters/{stray_id}"],
  ["get", "/v1/webhooks"],
  ["post", "/v1/webhooks"],
  ["get", "/v1/webhooks/{webhook_id}"],
  ["delete", "/v1/webhooks/{webhook_id}"],
  ["post", "/v1/webhooks/{webhook_id}/actions/test"],
  ["get", "/v1/system"],
  ["get", "/v1/system/audit"],
  ["get", "/v1/workflows/{workflow_id}/events"],
  ["get", "/v1/workflows/{workflow_id}/history"],
  ["get", "/v1/workflows/{workflow_id}/request"],
  ["get", "/v1/workflows/{workflow_id}/summary"],
];

/** The roles of an operation in the document. */
const rolesOf = (method: string, path: string) =>
  (fixture.client.document.paths[path]?.[method] as { "x-roles"?: unknown } | undefined)?.["x-roles"];

describe("GET /v1/schema/openapi", () => {
  it.each([...ROUTES, ...EXTENSIONS])("describes %s %s", (method, path) => {
    const operation = fixture.client.document.paths[path]?.[method];
    expect(Object.keys(operation?.responses ?? {})).toEqual(expect.arrayContaining(["200", "400", "500", "503"]));
  });

  it("describes no other route of v1, and those of the MQS only if it is the embedded one", async () => {
    const paths = Object.keys(fixture.client.document.paths).filter((path) => path.startsWith("/v1/"));
    expect(paths.sort()).toEqual([...new Set([...ROUTES, ...EXTENSIONS].map(([, path]) => path))].sort());
    const withMqs = await startApiFixture();
    try {
      const path = "/v1/mqs/workflows/{workflow_id}/mq-profiles/public";
      expect(withMqs.client.document.paths).toHaveProperty([path]);
      expect((await fixture.client.get("/v1/mqs/workflows/WF-1/mq-profiles/public")).status).toBe(404);
    } finally {
      await withMqs.close();
    }
  });

  it("marks the routes that the existing service does not have as extensions", () => {
    const marked = Object.entries(fixture.client.document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).flatMap(([method, operation]) =>
        (operation as { "x-ewms-extension"?: unknown })["x-ewms-extension"] === true ? [[method, path]] : [],
      ),
    );
    expect(marked.sort()).toEqual([...EXTENSIONS].sort());
  });

  it("is an OpenAPI 3.1 document without dangling references", async () => {
    const { text, body } = await fixture.client.get("/v1/schema/openapi");
    expect(body.openapi).toBe("3.1.0");
    const references = [...text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name);
    expect(references.length).toBeGreaterThan(20);
    for (const name of references) expect(body.components.schemas).toHaveProperty([String(name)]);
    expect(text.match(/"\$ref"/g)).toHaveLength(references.length);
  });

  it("keeps the existing pattern of pilot tags, although the service matches the whole string", () => {
    const schema = fixture.client.document.components["schemas"]?.["TaskforceObject"] as {
      properties: { pilot_config: { properties: { tag: { pattern: string } } } };
    };
    expect(schema.properties.pilot_config.properties.tag.pattern).toBe(
      String.raw`^([0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3})|(latest)|([a-z0-9._-]+-[a-z0-9]{1,128})$`,
    );
  });

  it.each([
    [
      ["user"],
      ROUTES.filter(([, path]) =>
        /^\/v1\/($|workflows($|\/\{workflow_id\}$)|task-directives\/\{task_id\}$|query\/task-)/.test(path),
      ),
    ],
    [["user", "operator"], ROUTES.filter(([, path]) => /actions\/(abort|finished)$/.test(path))],
    [["user", "system-tms", "operator"], ROUTES.filter(([, path]) => /add-workers/.test(path))],
    [["system-tms"], ROUTES.filter(([, path]) => /^\/v1\/tms\/(condor|statuses)/.test(path))],
    [
      ["user", "system-tms"],
      ROUTES.filter(([, path]) => /query\/(workflows|taskforces)|v1\/taskforces|schema|pending/.test(path)),
    ],
  ])("requires %j for their routes", (roles, routes) => {
    expect(routes.length).toBeGreaterThan(0);
    for (const [method, path] of routes) {
      const reads = path.startsWith("/v1/query/") || (method === "get" && !path.startsWith("/v1/tms/"));
      expect([path, rolesOf(method, path)]).toEqual([path, reads ? [...roles, "viewer"] : roles]);
    }
  });
});

describe("GET /docs/", () => {
  it("is Swagger UI for this document, with files of this service only", async () => {
    const { status, headers, text } = await fixture.client.get("/docs/");
    expect(status).toBe(200);
    expect(headers["content-type"]).toContain("text/html");
    expect(headers["content-security-policy"]).toContain("default-src 'self'");
    expect(headers["content-security-policy"]).not.toMatch(/https?:|upgrade-insecure-requests/);
    const files = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file]) => String(file));
    expect(files.length).toBeGreaterThan(3);
    for (const file of files) {
      expect(file).toMatch(/^\.\//);
      expect((await fixture.client.get(`/docs/${file.slice(2)}`)).status).toBe(200);
    }
    const { text: settings } = await fixture.client.get("/docs/swagger-ui-init.js");
    expect(settings).toContain("/v1/workflows/{workflow_id}");
    expect(settings).toContain('"validatorUrl": null');
  });

  it("redirects from the URL without a slash", async () => {
    const { status, headers } = await fixture.client.get("/docs");
    expect(status).toBe(301);
    expect(headers.location).toBe("docs/");
  });

  it.each(["/docs/nope", "/docs/package.json", "/docs/../package.json", "/docs/%2e%2e/package.json"])(
    "%s is a 404",
    async (path) => {
      expect(await fixture.client.get(path)).toMatchObject({ status: 404, body: { code: 404 } });
    },
  );
});
