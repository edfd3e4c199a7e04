import { describe, expect, test } from "vitest";
import { readConfig } from "../../src/config/config.js";
import { claimRulesSchema, rolesOf } from "../../src/domain/claimRules.js";

const { roleRules } = readConfig({}).access;

describe("by default", () => {
  test.each([
    [{ ewms_role: "user" }, ["user"]],
    [{ ewms_role: "system-tms" }, ["system-tms"]],
    [{ ewms_role: "operator" }, ["operator"]],
    [{ ewms_role: "viewer" }, ["viewer"]],
    [{ ewms_role: ["user", "system-tms"] }, ["user", "system-tms"]],
    [{ groups: ["/other", "/tokens/ewms-dev"] }, ["user"]],
    [{ groups: ["/institutions/IceCube"] }, ["user"]],
    [{ groups: ["/institutions/IceCube-Gen2/members"] }, ["user"]],
    [{ groups: "/tokens/ewms-dev" }, ["user"]],
    [{ groups: ["/institutions/Other", "x/institutions/IceCube", "/tokens/ewms-dev2"] }, []],
    [{ ewms_role: "superuser" }, []],
    [{ ewms_role: { user: true } }, []],
    [{ ewms_role: null, groups: 5 }, []],
    [{ "": "user", role: "user" }, []],
    [{}, []],
  ])("%j gives %j", (claims, roles) => expect([...rolesOf(claims, roleRules)].sort()).toEqual(roles.sort()));
});

describe("an expression", () => {
  const holds = (text: string, claims: object) =>
    rolesOf(claims, { user: claimRulesSchema.parse(text), "system-tms": [], operator: [], viewer: [] }).has("user");

  test.each([
    ["a value as a whole", "role=us", { role: "user" }, false],
    ["with alternatives, each as a whole", "role=a|b", { role: "b" }, true],
    ["with alternatives, each as a whole", "role=a|b", { role: "xb" }, false],
    ["claims within claims", "realm_access.roles=wms-.*", { realm_access: { roles: ["x", "wms-u"] } }, true],
    ["a claim whose name has dots", "https://ewms.org/role=user", { "https://ewms.org/role": "user" }, true],
    [
      "dots within and between names",
      "resource_access.wms.example.org.roles=user",
      { resource_access: { "wms.example.org": { roles: ["user"] } } },
      true,
    ],
    ["a value with blanks", String.raw`scope=(.*\s)?wms(\s.*)?`, { scope: "openid wms profile" }, true],
    ["an equals sign in the pattern", "dn=cn=ada", { dn: "cn=ada" }, true],
    ["flags and numbers", "admin=true level=[5-9]", { level: 7 }, true],
    ["what every object has", "constructor.name=Object", { toString: "x" }, false],
    ["nothing when it is empty", "  ", { "": "" }, false],
  ])("is about %s", (_what, text, claims, expected) => expect(holds(text, claims)).toBe(expected));
});
