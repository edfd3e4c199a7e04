import { createHash, randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from "jose";

/** Key pairs of each algorithm take long to make, and a test file needs many. */
export interface SigningKey {
  kid: string;
  alg: string;
  privateKey: CryptoKey;
  /** As the provider publishes it. */
  jwk: JWK;
}

/** Makes a key pair. */
export async function signingKey(alg = "RS256"): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const kid = randomUUID();
  return { kid, alg, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: "sig" } };
}

/** What a token says; undefined is left out. */
export type Claims = Record<string, unknown>;

/** A client that browsers may log in to. */
export interface RegisteredClient {
  clientId: string;
  /** Undefined: a public client. */
  clientSecret: string | undefined;
  redirectUri: string;
}

/** How the provider answers: as it should, with a page of some proxy, with an error, or not at all. */
export type Mood = "well" | "garbage" | "failing" | "silent";

/** What a code of the browser flow stands for. */
interface Login {
  client: RegisteredClient;
  challenge: string;
  nonce: string | undefined;
  claims: Claims;
}

const EPOCH_SECONDS = () => Math.floor(Date.now() / 1000);

/** RFC 8628's name for the device flow. */
const DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code";

/**
 * An OpenID Connect provider over real HTTP with real keys: discovery, key set, the authorization code flow with PKCE, client
 * credentials and the device flow. Whoever comes to its login page is logged in at once.
 */
export class IdentityProvider {
  /** Published keys; the last one signs. */
  keys: SigningKey[];
  mood: Mood = "well";
  clients: RegisteredClient[] = [];
  /** Claims of whoever logs in next; undefined: the login is refused. */
  visitor: Claims | undefined = { sub: "visitor" };
  /** Secrets of clients that speak for themselves, by their ids. */
  machines: Record<string, string> = {};
  /** What whoever logs in by the device flow does. */
  atTheDevice: "waits" | "agrees" | "refuses" = "agrees";
  /** Refresh tokens that count. */
  readonly refreshTokens = new Set<string>();
  /** Seconds that access tokens are said to be good for. */
  accessSeconds = 300;
  /** Changes ID tokens of the browser flow before they are signed. */
  forge: (claims: Claims) => Claims = (claims) => claims;
  readonly #asked: string[] = [];
  readonly #logins = new Map<string, Login>();
  #server: Server | undefined;
  #port = 0;

  private constructor(keys: SigningKey[]) {
    this.keys = keys;
  }

  /** Starts one with a fresh key. */
  static async start(alg?: string): Promise<IdentityProvider> {
    const provider = new IdentityProvider([await signingKey(alg)]);
    await provider.comeBack();
    return provider;
  }

  /** For `AUTH_OPENID_URL`. */
  get issuer(): string {
    return `http://127.0.0.1:${this.#port}/realms/ewms`;
  }

  /** How often a path below the issuer was asked for: `keys`, `token`, `.well-known/openid-configuration`. */
  asked(path: string): number {
    return this.#asked.filter((asked) => asked === `/realms/ewms/${path}`).length;
  }

  /** Nothing listens any more. */
  async goAway(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    const closed = once(server, "close");
    server.close();
    server.closeAllConnections();
    await closed;
  }

  /** Listens again, at the same address. */
  async comeBack(): Promise<void> {
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch((error: unknown) => response.destroy(error as Error));
    });
    this.#server.listen(this.#port, "127.0.0.1");
    await once(this.#server, "listening");
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Signs with a new key from now on. @param keepOld whether the old ones are still published */
  async rotate(keepOld = false): Promise<void> {
    this.keys = [...(keepOld ? this.keys : []), await signingKey()];
  }

  /**
   * A signed token that is good for five minutes.
   *
   * @param claims on top of the usual ones; undefined takes one away
   * @param key another key than the one that signs now
   */
  async token(claims: Claims = {}, key = this.#current()): Promise<string> {
    const now = EPOCH_SECONDS();
    const usual = { iss: this.issuer, sub: "someone", aud: "ewms-wms", iat: now, exp: now + 300 };
    return new SignJWT({ ...usual, ...claims })
      .setProtectedHeader({ alg: key.alg, kid: key.kid, typ: "JWT" })
      .sign(key.privateKey);
  }

  #current(): SigningKey {
    const key = this.keys.at(-1);
    if (key === undefined) throw new Error("the provider has no key");
    return key;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "", this.issuer);
    this.#asked.push(url.pathname);
    if (this.mood === "silent") return;
    if (this.mood === "garbage") {
      response.writeHead(200, { "content-type": "text/html" }).end("<html>Hello from a proxy</html>");
      return;
    }
    if (this.mood === "failing") return json(response, 500, { error: "server_error" });
    const path = url.pathname.replace("/realms/ewms/", "");
    if (path === ".well-known/openid-configuration") return json(response, 200, this.#metadata());
    if (path === "keys") return json(response, 200, { keys: this.keys.map(({ jwk }) => jwk) });
    if (path === "authorize") return this.#authorize(url.searchParams, response);
    if (path === "device") return json(response, 200, this.#device());
    if (path === "token") {
      const form = new URLSearchParams(await text(request));
      const grant = form.get("grant_type");
      if (grant === "client_credentials") return this.#grantMachine(request, response);
      if (grant === DEVICE_CODE) return this.#grantDevice(response);
      if (grant === "refresh_token") return this.#renew(form.get("refresh_token") ?? "", response);
      return this.#exchangeCode(form, response);
    }
    json(response, 404, { error: "not_found" });
  }

  #metadata() {
    const { issuer } = this;
    return {
      issuer,
      jwks_uri: `${issuer}/keys`,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      device_authorization_endpoint: `${issuer}/device`,
      response_types_supported: ["code"],
      subject_types_supported: ["public"],
      id_token_signing_alg_values_supported: ["RS256", "RS512", "ES256"],
      code_challenge_methods_supported: ["S256"],
    };
  }

  #device() {
    return {
      device_code: randomUUID(),
      user_code: "WDJB-MJHT",
      verification_uri: `${this.issuer}/activate`,
      expires_in: 300,
      interval: 0.05,
    };
  }

  async #grantMachine({ headers }: IncomingMessage, response: ServerResponse): Promise<void> {
    const proof = Buffer.from(headers.authorization?.replace("Basic ", "") ?? "", "base64").toString();
    // Both are encoded as in a form before they are joined.
    const [id = "", secret] = proof.split(":").map((part) => new URLSearchParams(`x=${part}`).get("x"));
    if (!id || !secret || this.machines[id] !== secret)
      return json(response, 401, { error: "invalid_client", error_description: "no such client" });
    json(response, 200, await this.#accessToken());
  }

  async #grantDevice(response: ServerResponse): Promise<void> {
    if (this.atTheDevice === "waits") return json(response, 400, { error: "authorization_pending" });
    if (this.atTheDevice === "refuses") return json(response, 400, { error: "access_denied" });
    json(response, 200, await this.#accessAndRefreshToken());
  }

  async #renew(refreshToken: string, response: ServerResponse): Promise<void> {
    if (!this.refreshTokens.delete(refreshToken)) return json(response, 400, { error: "invalid_grant" });
    json(response, 200, await this.#accessAndRefreshToken());
  }

  async #accessAndRefreshToken() {
    const refresh_token = randomUUID();
    this.refreshTokens.add(refresh_token);
    return { ...(await this.#accessToken()), refresh_token };
  }

  async #accessToken() {
    const access_token = await this.token({ jti: randomUUID(), ...this.visitor });
    return { access_token, token_type: "Bearer", expires_in: this.accessSeconds };
  }

  #authorize(asked: URLSearchParams, response: ServerResponse): void {
    const client = this.clients.find(({ clientId }) => clientId === asked.get("client_id"));
    const challenge = asked.get("code_challenge");
    const wellAsked =
      asked.get("response_type") === "code" &&
      asked.get("scope")?.split(" ").includes("openid") &&
      asked.get("code_challenge_method") === "S256";
    if (
      client === undefined ||
      client.redirectUri !== asked.get("redirect_uri") ||
      !wellAsked ||
      !challenge
    ) {
      json(response, 400, { error: "invalid_request" });
      return;
    }
    const back = new URL(client.redirectUri);
    back.searchParams.set("state", asked.get("state") ?? "");
    if (this.visitor === undefined) back.searchParams.set("error", "access_denied");
    else {
      const code = randomUUID();
      const nonce = asked.get("nonce") ?? undefined;
      this.#logins.set(code, { client, challenge, nonce, claims: this.visitor });
      back.searchParams.set("code", code);
    }
    response.writeHead(302, { location: back.href }).end();
  }

  async #exchangeCode(form: URLSearchParams, response: ServerResponse): Promise<void> {
    const code = form.get("code") ?? "";
    const login = this.#logins.get(code);
    // A code counts once.
    this.#logins.delete(code);
    if (login === undefined || form.get("redirect_uri") !== login.client.redirectUri)
      return json(response, 400, { error: "invalid_grant" });
    const { clientId, clientSecret } = login.client;
    if (form.get("client_id") !== clientId || (form.get("client_secret") ?? undefined) !== clientSecret)
      return json(response, 401, { error: "invalid_client" });
    const verified = createHash("sha256")
      .update(form.get("code_verifier") ?? "")
      .digest("base64url");
    if (verified !== login.challenge) return json(response, 400, { error: "invalid_grant" });
    const claims = { aud: clientId, ...(login.nonce && { nonce: login.nonce }), ...login.claims };
    json(response, 200, {
      access_token: randomUUID(),
      token_type: "Bearer",
      expires_in: 300,
      id_token: await this.token(this.forge(claims)),
    });
  }
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
