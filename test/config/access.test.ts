import { describe, expect, test } from "vitest";
import { ConfigError, readConfig } from "../../src/config/config.js";

const OPENID = { AUTH_OPENID_URL: "https://idp.example.org/realms/ewms" };
const PASSWORD = { ADMIN_USER: "ada", ADMIN_PASSWORD: "enchantress of numbers" };
const LOGIN = { ...OPENID, ADMIN_CLIENT_ID: "ewms-wms", PUBLIC_URL: "https://wms.example.org" };

const accessOf = (environment: Record<string, string>) => readConfig(environment).access;

describe("tokens", () => {
  test("are checked when there is a provider", () => {
    expect(accessOf({ ...OPENID, AUTH_AUDIENCE: "ewms" }).tokens).toEqual({ audience: "ewms" });
    expect(accessOf({ ...OPENID, NODE_ENV: "production", REST_HOST: "0.0.0.0" }).tokens).toBeDefined();
  });

  test.each([{}, { REST_HOST: "localhost" }, { REST_HOST: "127.0.0.2" }, { REST_HOST: "::1" }])(
    "are not checked on a laptop: %j",
    (environment) => expect(accessOf(environment).tokens).toBeUndefined(),
  );

  test("are not checked where AUTH_DISABLED says so, whatever else is set", () => {
    const exposed = { AUTH_DISABLED: "true", NODE_ENV: "production", REST_HOST: "0.0.0.0" };
    expect(accessOf(exposed).tokens).toBeUndefined();
    expect(accessOf({ ...exposed, ...OPENID }).tokens).toBeUndefined();
  });
});

describe("operators get in", () => {
  test.each([
    ["at a laptop without further ado", {}, "this machine"],
    ["not at a laptop that checks tokens", OPENID, "nothing"],
    ["not where the port is open to others", { AUTH_DISABLED: "true", REST_HOST: "0.0.0.0" }, "nothing"],
    ["not in production", { AUTH_DISABLED: "true", NODE_ENV: "production" }, "nothing"],
    ["by a password", PASSWORD, "password"],
    ["by a login", LOGIN, "login"],
    ["by a login where tokens are not checked too", { ...LOGIN, AUTH_DISABLED: "true" }, "login"],
  ])("%s", (_what, environment, by) => {
    expect(accessOf(environment).operators).toMatchObject({ by });
  });
});

test("PUBLIC_URL loses its slash", () => {
  expect(accessOf({ PUBLIC_URL: "https://wms.example.org:8443/" }).publicUrl).toBe("https://wms.example.org:8443");
});

describe("one sentence refuses", () => {
  test.each([
    [{ NODE_ENV: "production" }, /^AUTH_OPENID_URL: must be set in production, or AUTH_DISABLED=true when/],
    [{ REST_HOST: "0.0.0.0" }, /^REST_HOST: others can reach this address, and tokens are not checked/],
    [{ REST_HOST: "::" }, /^REST_HOST: others can reach this address/],
    [{ REST_HOST: "wms.example.org", AUTH_DISABLED: "false" }, /^REST_HOST: others can reach this address/],
    [{ REST_HOST: "localhost.example.org" }, /^REST_HOST: others can reach this address/],
    [{ REST_HOST: "127.0.0.1.example.org" }, /^REST_HOST: others can reach this address/],
    [{ AUTH_OPENID_URL: "idp.example.org" }, /^AUTH_OPENID_URL: is no http/],
    [{ AUTH_DISABLED: "maybe" }, /^AUTH_DISABLED: is neither true nor false/],
    [{ AUTH_ROLE_USER: "groups" }, /^AUTH_ROLE_USER: groups: expected claim=regex$/],
    [{ AUTH_ROLE_OPERATOR: "a=b groups=(x" }, /^AUTH_ROLE_OPERATOR: groups=\(x: .*missing closing \)/],
    [{ ADMIN_USER: "ada" }, /^ADMIN_USER, ADMIN_PASSWORD: must be set both/],
    [{ ADMIN_CLIENT_SECRET: "x" }, /^ADMIN_CLIENT_ID: must be set when/],
    [{ ADMIN_CLIENT_ID: "wms" }, /^AUTH_OPENID_URL, PUBLIC_URL: must be set when ADMIN_CLIENT_ID is/],
    [{ ...OPENID, ADMIN_CLIENT_ID: "wms" }, /^AUTH_OPENID_URL, PUBLIC_URL: must/],
    [{ ...LOGIN, ...PASSWORD }, /^ADMIN_USER, ADMIN_CLIENT_ID: operators get in by one of them/],
    [{ PUBLIC_URL: "https://wms.example.org/wms" }, /^PUBLIC_URL: is more than/],
    [{ SESSION_SECRET: "short" }, /^SESSION_SECRET: is shorter than 32 characters/],
  ])("%j", (environment, sentence) => {
    const read = () => readConfig(environment as Record<string, string>);
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(sentence);
  });
});
