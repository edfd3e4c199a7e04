import { describe, expect, test } from "vitest";
import { ConfigError, readConfig } from "../../src/config/config.js";

const OPENID = { AUTH_OPENID_URL: "https://idp.example.org/realms/ewms" };
const PASSWORD = { ADMIN_USER: "ada", ADMIN_PASSWORD: "enchantress of numbers" };
const LOGIN = { ...OPENID, ADMIN_CLIENT_ID: "ewms-wms", PUBLIC_URL: "https://wms.example.org" };

const accessOf = (environment: Record<string, string>) => readConfig(environment).access;

describe("tokens", () => {
  test("are verified when there is a provider", () => {
    const AUTH_OPENID_ISSUERS = "https://idp.example.com/realms/ewms/, http://idp:8080";
    const otherIssuers = ["https://idp.example.com/realms/ewms", "http://idp:8080"];
    const authentication = { kind: "tokens", openIdUrl: OPENID.AUTH_OPENID_URL, audience: "ewms", otherIssuers };
    expect(accessOf({ ...OPENID, AUTH_AUDIENCE: "ewms", AUTH_OPENID_ISSUERS }).authentication).toEqual(authentication);
    const production = accessOf({ ...OPENID, NODE_ENV: "production", REST_HOST: "0.0.0.0" });
    expect(production.authentication.kind).toBe("tokens");
  });

  test.each([{}, { REST_HOST: "localhost" }, { REST_HOST: "127.0.0.2" }, { REST_HOST: "::1" }])(
    "are not verified on localhost: %j",
    (environment) => expect(accessOf(environment).authentication).toEqual({ kind: "open" }),
  );

  test("are not verified with AUTH_DISABLED=true and any other settings", () => {
    const exposed = { AUTH_DISABLED: "true", NODE_ENV: "production", REST_HOST: "0.0.0.0" };
    expect(accessOf(exposed).authentication).toEqual({ kind: "open" });
    expect(accessOf({ ...exposed, ...OPENID }).authentication).toEqual({ kind: "open" });
  });
});

describe("operators sign in", () => {
  test.each([
    ["on localhost outside production", {}, "localhost"],
    ["not on localhost when the API checks tokens", OPENID, "denied"],
    ["not when other hosts can reach the port", { AUTH_DISABLED: "true", REST_HOST: "0.0.0.0" }, "denied"],
    ["not in production", { AUTH_DISABLED: "true", NODE_ENV: "production" }, "denied"],
    ["by a password", PASSWORD, "password"],
    ["by a login", LOGIN, "login"],
    ["by a login, also when authentication of the API is off", { ...LOGIN, AUTH_DISABLED: "true" }, "login"],
  ])("%s", (_what, environment, kind) => {
    expect(accessOf(environment).operators).toMatchObject({ kind });
  });
});

describe("the path of the service", () => {
  test.each([
    [{ PUBLIC_URL: "https://wms.example.org:8443/" }, ""],
    [{ PUBLIC_URL: "https://example.org:8443/ewms/wms/" }, "/ewms/wms"],
    [{ BASE_PATH: "/wms/" }, "/wms"],
    [{ BASE_PATH: "/" }, ""],
    [{ BASE_PATH: "/wms", PUBLIC_URL: "https://example.org" }, "/wms"],
    [{ BASE_PATH: "/wms", PUBLIC_URL: "https://example.org/wms" }, "/wms"],
  ])("%j: %j", (environment: Record<string, string>, basePath) => {
    const config = readConfig(environment);
    expect(config.basePath).toBe(basePath);
    const { PUBLIC_URL } = environment;
    expect(config.access.publicOrigin).toBe(PUBLIC_URL && new URL(PUBLIC_URL).origin);
  });

  test("is part of the address for logins", () => {
    const { operators } = accessOf({ ...LOGIN, PUBLIC_URL: "https://example.org/wms/" });
    expect(operators).toMatchObject({ kind: "login", publicUrl: "https://example.org/wms" });
  });
});

describe("an error refuses", () => {
  test.each([
    [{ NODE_ENV: "production" }, /^AUTH_OPENID_URL: must be set in production, or AUTH_DISABLED=true if/],
    [{ REST_HOST: "0.0.0.0" }, /^REST_HOST: other hosts can reach this address, and authentication is off/],
    [{ REST_HOST: "::" }, /^REST_HOST: other hosts can reach this address/],
    [{ REST_HOST: "wms.example.org", AUTH_DISABLED: "false" }, /^REST_HOST: other hosts can reach this address/],
    [{ REST_HOST: "localhost.example.org" }, /^REST_HOST: other hosts can reach this address/],
    [{ REST_HOST: "127.0.0.1.example.org" }, /^REST_HOST: other hosts can reach this address/],
    [{ AUTH_OPENID_URL: "idp.example.org" }, /^AUTH_OPENID_URL: is not an http/],
    [{ AUTH_OPENID_ISSUERS: "https://a.example, b" }, /^AUTH_OPENID_ISSUERS: is not a comma-separated list of http/],
    [{ AUTH_DISABLED: "maybe" }, /^AUTH_DISABLED: expected true or false/],
    [{ AUTH_ROLE_USER: "groups" }, /^AUTH_ROLE_USER: groups: expected claim=regex$/],
    [{ AUTH_ROLE_OPERATOR: "a=b groups=(x" }, /^AUTH_ROLE_OPERATOR: groups=\(x: .*missing closing \)/],
    [{ ADMIN_USER: "ada" }, /^ADMIN_USER, ADMIN_PASSWORD: set both, or neither/],
    [{ ADMIN_CLIENT_SECRET: "x" }, /^ADMIN_CLIENT_ID: must be set when/],
    [{ ADMIN_CLIENT_ID: "wms" }, /^AUTH_OPENID_URL, PUBLIC_URL: must be set when ADMIN_CLIENT_ID is/],
    [{ ...OPENID, ADMIN_CLIENT_ID: "wms" }, /^AUTH_OPENID_URL, PUBLIC_URL: must/],
    [{ ...LOGIN, ...PASSWORD }, /^ADMIN_USER, ADMIN_CLIENT_ID: operators sign in by one of them/],
    [{ PUBLIC_URL: "https://wms.example.org/?wms" }, /^PUBLIC_URL: must be http.*, without a query$/],
    [{ PUBLIC_URL: "https://example.org/a%20b" }, /^PUBLIC_URL: must look like \/wms/],
    [{ PUBLIC_URL: "wms.example.org" }, /^PUBLIC_URL: is not an http/],
    [{ BASE_PATH: "wms" }, /^BASE_PATH: must look like \/wms/],
    [{ BASE_PATH: "/wms/../x" }, /^BASE_PATH: must look like/],
    [{ BASE_PATH: "//wms" }, /^BASE_PATH: must look like/],
    [{ BASE_PATH: "/v1/wms" }, /^BASE_PATH: must not begin with \/v1, a path of the service itself$/],
    [
      { BASE_PATH: "/wms", PUBLIC_URL: "https://example.org/ewms" },
      /^BASE_PATH: the path of PUBLIC_URL is another one/,
    ],
    [{ SESSION_SECRET: "short" }, /^SESSION_SECRET: is shorter than 32 characters/],
  ])("%j", (environment, sentence) => {
    const read = () => readConfig(environment as Record<string, string>);
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(sentence);
  });
});
