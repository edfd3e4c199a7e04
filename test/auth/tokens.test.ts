import { createHmac } from "node:crypto";
import { type CryptoKey, exportSPKI, importJWK, SignJWT, UnsecuredJWT } from "jose";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { OidcProvider } from "../../src/auth/oidcProvider.js";
import { createTokenVerifier, type TokenVerifier } from "../../src/auth/tokenVerifier.js";
import { readConfig } from "../../src/config/config.js";
import { WmsError } from "../../src/domain/wmsError.js";
import { recordingLog } from "../setup/recordingLog.js";
import { advanceClocks, restoreClocks, simulateClocks } from "../setup/simulatedClocks.js";
import { type Claims, IdentityProvider } from "./identityProvider.js";
import { makeSigningKey } from "./signingKey.js";

let idp: IdentityProvider;
let check: TokenVerifier;
let lines: string[];

function connect({
  url = idp.issuer,
  audience,
  otherIssuers,
}: {
  url?: string;
  audience?: string;
  otherIssuers?: string[];
} = {}): TokenVerifier {
  const recording = recordingLog();
  lines = recording.lines;
  const { log } = recording;
  const { roleRules } = readConfig({}).access;
  const provider = new OidcProvider(url, log, { ...(otherIssuers && { otherIssuers }) });
  return createTokenVerifier({ provider, audience, roleRules, log });
}

/** Returns the kind and the message of a token's error. */
async function tokenError(token: string): Promise<string> {
  try {
    const { subject } = await check(token);
    return `none, it is ${subject}'s`;
  } catch (error) {
    if (error instanceof WmsError) return `${error.kind}: ${error.message}`;
    throw error;
  }
}

const GOOD = "none, it is someone's";
const UNKNOWN_KEY = "unauthenticated: the token is signed with an unknown key";
const KEYS_OUT_OF_DATE = "unavailable: the keys of the identity provider may be out of date, try again later";
const PROVIDER_UNAVAILABLE = "unavailable: the identity provider is not available, try again later";
const NO_JWT = "unauthenticated: the token is no valid JWT";

const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000) + seconds;
beforeEach(async () => {
  simulateClocks();
  idp = await IdentityProvider.start();
  check = connect();
});
afterEach(async () => {
  restoreClocks();
  await idp.stop();
});

describe("a token of the provider", () => {
  test("identifies its owner and the roles", async () => {
    const token = await idp.signToken({ sub: "ada", ewms_role: "user", groups: ["/x"] });
    expect(await check(token)).toEqual({ subject: "ada", roles: new Set(["user"]) });
  });

  test("names another issuer that AUTH_OPENID_ISSUERS allows", async () => {
    const token = await idp.signToken({ iss: "https://idp.example.org" });
    check = connect({ otherIssuers: ["https://idp.example.com", "https://idp.example.org"] });
    expect(await tokenError(token)).toBe(GOOD);
    expect(await tokenError(await idp.signToken())).toBe(GOOD);
    expect(await tokenError(await idp.signToken({ iss: "https://idp.example.net" }))).toBe(
      "unauthenticated: the token is from another issuer",
    );
  });

  test("needs neither iat nor kid, if the provider has only one key", async () => {
    const [key] = idp.keys;
    if (key === undefined) throw new Error("the provider has no key");
    const claims = { iss: idp.issuer, sub: "someone", exp: inSeconds(60) };
    const token = await new SignJWT(claims).setProtectedHeader({ alg: key.alg }).sign(key.privateKey);
    expect(await tokenError(token)).toBe(GOOD);
    idp.keys = [key, await makeSigningKey(key.alg)];
    check = connect();
    expect(await tokenError(token)).toBe(NO_JWT);
  });

  test("without a subject identifies its client", async () => {
    const token = await idp.signToken({ sub: undefined, azp: "tms-1" });
    expect(await check(token)).toMatchObject({ subject: "tms-1", roles: new Set() });
  });

  test.each(["RS256", "RS512", "ES256"])("may be signed with %s", async (alg) => {
    idp.keys = [await makeSigningKey(alg)];
    expect(await tokenError(await idp.signToken())).toBe(GOOD);
  });

  test("may have any audience unless one is set", async () => {
    const others = await idp.signToken({ aud: ["others"] });
    expect(await tokenError(others)).toBe(GOOD);
    check = connect({ audience: "ewms-wms" });
    expect(await tokenError(others)).toBe("unauthenticated: the token is for another audience");
    expect(await tokenError(await idp.signToken({ aud: undefined }))).toBe(
      "unauthenticated: the token lacks the claim aud",
    );
    expect(await tokenError(await idp.signToken({ aud: ["others", "ewms-wms"] }))).toBe(GOOD);
  });

  test("may be a minute early or late, because clocks differ", async () => {
    expect(await tokenError(await idp.signToken({ exp: inSeconds(-50) }))).toBe(GOOD);
    expect(await tokenError(await idp.signToken({ nbf: inSeconds(50) }))).toBe(GOOD);
  });

  test("expires in the cache too", async () => {
    const token = await idp.signToken({ exp: inSeconds(30) });
    expect(await tokenError(token)).toBe(GOOD);
    advanceClocks(80);
    expect(await tokenError(token)).toBe(GOOD);
    advanceClocks(20);
    expect(await tokenError(token)).toBe("unauthenticated: the token has expired");
  });
});

describe("a token is rejected", () => {
  test.each<[string, () => Claims, string]>([
    ["that has expired", () => ({ exp: inSeconds(-70) }), "the token has expired"],
    ["that is not valid yet", () => ({ nbf: inSeconds(70) }), "the token is not valid yet"],
    ["that never expires", () => ({ exp: undefined }), "the token lacks the claim exp"],
    ["whose expiry is not a number", () => ({ exp: "never" }), "the token's claim exp is malformed"],
    ["of another issuer", () => ({ iss: "https://idp.example.org" }), "the token is from another issuer"],
    ["without an issuer", () => ({ iss: undefined }), "the token lacks the claim iss"],
  ])("%s", async (_what, claims, message) => {
    // JSON omits undefined values.
    expect(await tokenError(await idp.signToken(claims()))).toBe(`unauthenticated: ${message}`);
  });

  test("whose claims were changed", async () => {
    const [header, payload = "", signature] = (await idp.signToken()).split(".");
    const claims = { ...JSON.parse(Buffer.from(payload, "base64url").toString()), ewms_role: "operator" };
    const changed = Buffer.from(JSON.stringify(claims)).toString("base64url");
    expect(await tokenError(`${header}.${changed}.${signature}`)).toBe(
      "unauthenticated: the token's signature is wrong",
    );
  });

  test("that is signed with a foreign key of the same id", async () => {
    const [theirs] = idp.keys;
    const own = { ...(await makeSigningKey()), kid: theirs?.kid ?? "" };
    expect(await tokenError(await idp.signToken({}, own))).toBe("unauthenticated: the token's signature is wrong");
  });

  test("that contains its own key", async () => {
    const own = await makeSigningKey();
    const token = await new SignJWT({ iss: idp.issuer, exp: inSeconds(60) })
      .setProtectedHeader({ alg: "RS256", jwk: own.jwk, jku: "http://127.0.0.1:9/keys", kid: own.kid })
      .sign(own.privateKey);
    expect(await tokenError(token)).toBe(KEYS_OUT_OF_DATE);
    advanceClocks(11);
    expect(await tokenError(token)).toBe(UNKNOWN_KEY);
  });

  const algorithm = "unauthenticated: the token must be signed with RS256, RS512, ES256";

  test("that is not signed", async () => {
    const unsigned = new UnsecuredJWT({ iss: idp.issuer, ewms_role: "user", exp: inSeconds(60) }).encode();
    expect(await tokenError(unsigned)).toBe(algorithm);
    const [, payload] = unsigned.split(".");
    for (const alg of ["none", "None", "nOnE"]) {
      const header = Buffer.from(JSON.stringify({ alg, kid: idp.keys[0]?.kid })).toString("base64url");
      expect(await tokenError(`${header}.${payload}.`)).toBe(algorithm);
    }
  });

  test("that uses the public key as a shared secret", async () => {
    const [key] = idp.keys;
    const published = await importJWK({ ...key?.jwk }, "RS256", { extractable: true });
    const secrets = [await exportSPKI(published as CryptoKey), JSON.stringify(key?.jwk), key?.jwk.n ?? ""];
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
    for (const secret of secrets)
      for (const [alg, hash] of [
        ["HS256", "sha256"],
        ["RS256", "sha256"],
      ] as const) {
        const signed = `${part({ alg, kid: key?.kid })}.${part({ iss: idp.issuer, exp: inSeconds(60) })}`;
        const token = `${signed}.${createHmac(hash, secret).update(signed).digest("base64url")}`;
        expect(await tokenError(token)).toBe(
          alg === "HS256" ? algorithm : "unauthenticated: the token's signature is wrong",
        );
      }
  });

  test("that is signed with another algorithm, though the key is the provider's", async () => {
    for (const alg of ["PS256", "RS384", "ES384"]) {
      idp.keys = [await makeSigningKey(alg)];
      expect(await tokenError(await idp.signToken())).toBe(algorithm);
    }
  });

  test("that is encrypted, truncated or no JWT", async () => {
    const token = await idp.signToken();
    const header = Buffer.from(JSON.stringify({ alg: "RS256" })).toString("base64url");
    const notAnObject = Buffer.from("[]").toString("base64url");
    for (const garbage of ["x", "..", "a.b.c", `${token}.x.y`, token.slice(1), `${header}.${notAnObject}.AAAA`, "ewms"])
      expect(await tokenError(garbage)).toMatch(/^unauthenticated: the token/);
    expect(await tokenError("a.b.c")).toBe(NO_JWT);
  });
});

describe("when the provider's keys change", () => {
  test("a new key is fetched when a token names it, and a withdrawn one is dropped", async () => {
    const old = await idp.signToken();
    expect(await tokenError(old)).toBe(GOOD);
    await idp.rotateKeys();
    advanceClocks(15);
    expect(await tokenError(await idp.signToken())).toBe(GOOD);
    expect(idp.countRequests("keys")).toBe(2);
    advanceClocks(130);
    expect(await tokenError(old)).toBe(UNKNOWN_KEY);
  });

  test("unknown keys cause one fetch in five seconds at most", async () => {
    expect(await tokenError(await idp.signToken())).toBe(GOOD);
    const stranger = await makeSigningKey();
    const flood = async () => {
      const tokens = await Promise.all(
        Array.from({ length: 20 }, (_, n) => idp.signToken({}, { ...stranger, kid: `unknown-${n}` })),
      );
      return new Set(await Promise.all(tokens.map(tokenError)));
    };
    expect(await flood()).toEqual(new Set([KEYS_OUT_OF_DATE]));
    expect(idp.countRequests("keys")).toBe(1);
    advanceClocks(6);
    expect(await flood()).toEqual(new Set([UNKNOWN_KEY]));
    expect(await flood()).toEqual(new Set([UNKNOWN_KEY]));
    expect(idp.countRequests("keys")).toBe(2);
  });

  test("a token of a second new key within five seconds is not called invalid", async () => {
    await check(await idp.signToken());
    await idp.rotateKeys(1);
    const token = await idp.signToken();
    await expect(check(token)).rejects.toMatchObject({ kind: "unavailable", retryAfterSeconds: expect.closeTo(5, 0) });
    advanceClocks(2);
    await expect(check(token)).rejects.toMatchObject({ kind: "unavailable", retryAfterSeconds: expect.closeTo(3, 0) });
    advanceClocks(3);
    expect(await tokenError(token)).toBe(GOOD);
  });

  test("a date that jumps ahead and back does not keep old keys", async () => {
    vi.setSystemTime(Date.now() + 30 * 86_400_000);
    await check(await idp.signToken());
    vi.setSystemTime(Date.now() - 30 * 86_400_000);
    advanceClocks(601);
    await check(await idp.signToken());
    expect(idp.countRequests("keys")).toBe(2);
  });

  test("keys are fetched again after ten minutes", async () => {
    expect(await tokenError(await idp.signToken({ exp: inSeconds(3600) }))).toBe(GOOD);
    const old = idp.keys[0];
    await idp.rotateKeys();
    advanceClocks(601);
    expect(await tokenError(await idp.signToken({ exp: inSeconds(3600) }, old))).toBe(UNKNOWN_KEY);
    expect(idp.countRequests("keys")).toBe(2);
  });

  test("concurrent requests share one fetch", async () => {
    const token = await idp.signToken();
    expect(new Set(await Promise.all(Array.from({ length: 20 }, () => tokenError(token))))).toEqual(new Set([GOOD]));
    expect(idp.countRequests("keys")).toBe(1);
    expect(idp.countRequests(".well-known/openid-configuration")).toBe(1);
  });
});

describe("when the provider is unreachable", () => {
  test("at start, requests get a Retry-After, and there is one fetch in two seconds at most", async () => {
    const token = await idp.signToken();
    await idp.stop();
    expect(await tokenError(token)).toBe(PROVIDER_UNAVAILABLE);
    await expect(check(token)).rejects.toMatchObject({ retryAfterSeconds: 2 });
    await idp.restart();
    expect(await tokenError(token)).toBe(PROVIDER_UNAVAILABLE);
    advanceClocks(3);
    expect(await tokenError(token)).toBe(GOOD);
    expect(lines.map((line) => JSON.parse(line).msg)).toEqual([
      "cannot fetch the keys of the identity provider, retrying",
      "the identity provider answers again",
    ]);
  });

  test("later, the cached keys stay valid for 24 h", async () => {
    expect(await tokenError(await idp.signToken())).toBe(GOOD);
    await idp.stop();
    advanceClocks(3600);
    expect(await tokenError(await idp.signToken())).toBe(GOOD);
    expect(await tokenError(await idp.signToken({}, await makeSigningKey()))).toBe(PROVIDER_UNAVAILABLE);
    advanceClocks(24 * 3600);
    expect(await tokenError(await idp.signToken())).toBe(PROVIDER_UNAVAILABLE);
    await idp.restart();
    advanceClocks(3);
    expect(await tokenError(await idp.signToken())).toBe(GOOD);
  });

  test.each(["garbage", "failing", "silent"] as const)("or %s, requests get the same error", async (mood) => {
    const token = await idp.signToken();
    idp.behavior = mood;
    expect(await tokenError(token)).toBe(PROVIDER_UNAVAILABLE);
    idp.behavior = "well";
    advanceClocks(3);
    expect(await tokenError(token)).toBe(GOOD);
  });

  test("or has no keys, requests get the same error", async () => {
    const token = await idp.signToken();
    idp.keys = [];
    expect(await tokenError(token)).toBe(PROVIDER_UNAVAILABLE);
  });

  test("or its keys are too short or incomplete, requests get the same error", async () => {
    const [key] = idp.keys;
    const token = await idp.signToken();
    for (const n of [key?.jwk.n?.slice(0, 171), undefined]) {
      if (key !== undefined) key.jwk = { kty: "RSA", e: "AQAB", kid: key.kid, ...(n !== undefined && { n }) };
      check = connect();
      expect(await tokenError(token)).toBe("unavailable: the identity provider's key is unusable");
    }
  });
});

describe("AUTH_OPENID_URL", () => {
  test("is the issuer, with or without a slash, or the address of the discovery document", async () => {
    for (const suffix of ["", "/", "/.well-known/openid-configuration"]) {
      check = connect({ url: idp.issuer + suffix });
      expect(await tokenError(await idp.signToken())).toBe(GOOD);
    }
  });

  test("must match the issuer of the provider", async () => {
    const url = idp.issuer.replace("127.0.0.1", "localhost");
    check = connect({ url });
    expect(await tokenError(await idp.signToken())).toBe(PROVIDER_UNAVAILABLE);
    expect(lines.join("\n")).toContain(`the provider at ${url} has another issuer: ${idp.issuer}`);
    check = connect({ url, otherIssuers: [idp.issuer] });
    expect(await tokenError(await idp.signToken())).toBe(GOOD);
  });
});

test("neither the log nor an error contains a token", async () => {
  const token = await idp.signToken({ exp: inSeconds(-100), sub: "secret-subject" });
  await check(token).catch((error: Error) => expect(error.message).not.toContain(token.slice(-20)));
  idp.behavior = "failing";
  advanceClocks(700);
  await tokenError(token);
  expect(lines.length).toBeGreaterThan(0);
  expect(lines.join("\n")).not.toMatch(/eyJ|secret-subject/);
});
