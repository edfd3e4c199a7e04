import { expect, test } from "vitest";
import { freshDatabase } from "../setup/database.js";
import { ServiceProcess } from "./serviceProcess.js";

const start = async (environment: Record<string, string>): Promise<ServiceProcess> =>
  new ServiceProcess("main", { REDIS_URL: await freshDatabase(), ...environment });

/** The one line in which a process says who may do what. */
async function accessOf(service: ServiceProcess): Promise<string> {
  await service.waitForUrl();
  return service.waitForOutput(/^(Authentication.*)$/m);
}

test("a laptop listens to itself only, and says that tokens are not checked", async () => {
  const service = await start({});
  expect(await accessOf(service)).toBe("Authentication is off: any local process has full access");
  expect(await service.waitForUrl()).toMatch(/^http:\/\/127\.0\.0\.1:/);
});

test("AUTH_DISABLED prints what it permits", async () => {
  const service = await start({ AUTH_DISABLED: "true", NODE_ENV: "production", REST_HOST: "0.0.0.0" });
  expect(await accessOf(service)).toBe("Authentication is off: every client that reaches this port has full access");
});

test("with a provider its tokens are required, also while it is unreachable", async () => {
  const AUTH_OPENID_URL = "http://127.0.0.1:9/realms/ewms";
  const service = await start({ AUTH_OPENID_URL, NODE_ENV: "production", REST_HOST: "0.0.0.0" });
  expect(await accessOf(service)).toBe(`Authentication: tokens of ${AUTH_OPENID_URL}`);
  expect((await fetch(`${await service.waitForUrl()}/v1/`)).status).toBe(401);
  await service.waitForOutput(/cannot fetch the keys of the identity provider/);
});
