import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeRoutes } from "../../src/api/app.js";
import { IdentityProvider } from "../auth/identityProvider.js";
import { type ApiFixture, startApiFixture } from "./apiFixture.js";

// Describing the routes calls no handler.
const unused = {} as never;
const { routes } = describeRoutes({ wms: unused, readiness: unused, embeddedMqs: unused, events: unused });

let idp: IdentityProvider;
let fixture: ApiFixture;
const tokens: Record<string, string> = {};

beforeAll(async () => {
  idp = await IdentityProvider.start();
  for (const role of ["user", "operator", "viewer"]) tokens[role] = await idp.signToken({ sub: role, ewms_role: role });
  fixture = await startApiFixture({ AUTH_OPENID_URL: idp.issuer }, tokens["viewer"]);
});
afterAll(async () => {
  await fixture.close();
  await idp.stop();
});

const requestAs = (role: string, method: string, path: string, body?: unknown) =>
  fixture.client.request(method.toUpperCase(), path, { body, headers: { authorization: `Bearer ${tokens[role]}` } });

describe("a viewer", () => {
  it.each(routes.map((route) => [route.method, route.path, route] as const))(
    "at %s %s",
    async (method, path, route) => {
      const reads = (method === "get" && !route.getHasSideEffects) || path.startsWith("/v1/query/");
      const asked = `${path.replace(/\{\w+\}/g, "nothing")}?schedd=nowhere`;
      const { status } = await requestAs("viewer", method, asked, method === "post" ? { query: {} } : undefined);
      if (reads) expect([200, 404]).toContain(status);
      else expect(status).toBe(403);
    },
  );

  it("sees the details of the system that operators see, and users do not", async () => {
    const hostsOf = async (role: string) =>
      (await requestAs(role, "get", "/v1/system")).body.processes.map(({ host }: { host: unknown }) => host);
    const seen = await hostsOf("viewer");
    expect(seen).not.toEqual([]);
    expect(seen).toEqual(await hostsOf("operator"));
    expect(seen).not.toContain(null);
    expect(new Set(await hostsOf("user"))).toEqual(new Set([null]));
  });

  it("reads in the 403 which roles are needed, and which the token has", async () => {
    expect((await requestAs("viewer", "post", "/v1/workflows", {})).body.error).toBe(
      "only for the role user; your token has viewer (subject viewer)",
    );
  });
});
