import { chmod, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  createClient,
  createTokenFileCache,
  createTokenSource,
  type DeviceLogin,
  LoginFailed,
  unwrapResponse,
} from "../../client/src/index.js";
import { IdentityProvider } from "../auth/identityProvider.js";
import { temporaryFolder } from "../setup/temporaryFolder.js";
import { startTestService, type TestService } from "../setup/testService.js";

let idp: IdentityProvider;
let service: TestService;
beforeAll(async () => {
  idp = await IdentityProvider.start();
  service = await startTestService({ AUTH_OPENID_URL: idp.issuer, AUTH_AUDIENCE: "ewms-wms" });
});
afterAll(async () => {
  await service.close();
  await idp.stop();
});
beforeEach(() => {
  idp.clientSecrets = { robot: "s3cret & more" };
  idp.nextLoginClaims = { sub: "robot", ewms_role: "user" };
  idp.deviceFlowOutcome = "agrees";
  idp.accessTokenSeconds = 300;
});

const robot = () => ({ issuer: idp.issuer, clientId: "robot", clientSecret: "s3cret & more" });
const person = () => ({ issuer: idp.issuer, clientId: "cli", scope: "openid" });

describe("with client credentials", () => {
  test("concurrent requests share one token", async () => {
    const client = createClient({ url: service.url, token: createTokenSource(robot()) });
    const before = idp.countRequests("token");
    await Promise.all(Array.from({ length: 5 }, () => unwrapResponse(client.GET("/v1/"))));
    expect(idp.countRequests("token")).toBe(before + 1);
  });

  test("a token is replaced before it expires", async () => {
    idp.accessTokenSeconds = 10;
    const token = createTokenSource(robot());
    expect(await token()).not.toBe(await token());
  });

  test("a rejected token is replaced once", async () => {
    const token = createTokenSource(robot());
    const usual = idp.nextLoginClaims;
    idp.nextLoginClaims = { ...usual, exp: 1 };
    const old = await token();
    idp.nextLoginClaims = usual;
    const client = createClient({ url: service.url, token });
    expect(await unwrapResponse(client.GET("/v1/"))).toEqual({});
    expect(await token()).not.toBe(old);
  });

  test("a wrong secret throws the error of the provider", async () => {
    const call = createTokenSource({ ...robot(), clientSecret: "wrong" })();
    await expect(call).rejects.toBeInstanceOf(LoginFailed);
    await expect(call).rejects.toThrow(`${idp.issuer} issued no token: invalid_client (no such client)`);
  });
});

describe("with the device flow", () => {
  test("the user receives the login page, and the client waits for the login", async () => {
    idp.deviceFlowOutcome = "waits";
    const shown: DeviceLogin[] = [];
    const token = createTokenSource(person(), { onDeviceLogin: (login) => shown.push(login) });
    const call = unwrapResponse(createClient({ url: service.url, token }).GET("/v1/"));
    const before = idp.countRequests("token");
    await expect.poll(() => idp.countRequests("token")).toBeGreaterThan(before + 1);
    idp.deviceFlowOutcome = "agrees";
    expect(await call).toEqual({});
    expect(shown).toEqual([{ page: `${idp.issuer}/activate`, code: "WDJB-MJHT", pageWithCode: undefined }]);
  });

  test("a denied login is not repeated", async () => {
    idp.deviceFlowOutcome = "refuses";
    const token = createTokenSource(person(), { onDeviceLogin: () => undefined });
    await expect(token()).rejects.toThrow("issued no token: access_denied");
  });

  test("an abort ends the wait", async () => {
    idp.deviceFlowOutcome = "waits";
    const controller = new AbortController();
    const token = createTokenSource(person(), {
      onDeviceLogin: () => controller.abort(new Error("controller")),
      signal: controller.signal,
    });
    await expect(token()).rejects.toThrow("controller");
  });
});

describe("the token file", () => {
  test("avoids another login, and only its owner can access it", async () => {
    const path = join(await temporaryFolder(), "deeper", "tokens.json");
    const logins: DeviceLogin[] = [];
    const start = () =>
      createTokenSource(person(), {
        cache: createTokenFileCache(path),
        onDeviceLogin: (login) => logins.push(login),
      });
    const first = await start()();
    expect(await start()()).toBe(first);
    expect(logins).toHaveLength(1);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  test("refreshes an expired token without a login, until the provider rejects the refresh token", async () => {
    const cache = createTokenFileCache(join(await temporaryFolder(), "tokens.json"));
    const logins: DeviceLogin[] = [];
    const start = () => createTokenSource(person(), { cache, onDeviceLogin: (login) => logins.push(login) });
    idp.accessTokenSeconds = 1;
    const first = await start()();
    expect(await start()()).not.toBe(first);
    expect(logins).toHaveLength(1);
    idp.refreshTokens.clear();
    await start()();
    expect(logins).toHaveLength(2);
  });

  test("stores tokens by provider and client", async () => {
    const path = join(await temporaryFolder(), "tokens.json");
    const cache = createTokenFileCache(path);
    const asRobot = await createTokenSource(robot(), { cache })();
    const asPerson = await createTokenSource(person(), { cache, onDeviceLogin: () => undefined })();
    const stored = Object.values(JSON.parse(await readFile(path, "utf8")) as Record<string, { accessToken: string }>);
    expect(stored.map(({ accessToken }) => accessToken)).toEqual([asRobot, asPerson]);
  });

  test("is ignored and replaced if other users can read it", async () => {
    const path = join(await temporaryFolder(), "tokens.json");
    const cache = createTokenFileCache(path);
    const first = await createTokenSource(robot(), { cache })();
    await chmod(path, 0o644);
    expect(await createTokenSource(robot(), { cache })()).not.toBe(first);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });
});
