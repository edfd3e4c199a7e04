import { createHash, randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as wait } from "node:timers/promises";
import { SignJWT } from "jose";
import { makeSigningKey, type SigningKey } from "./signingKey.js";

/** Claims of a token; undefined ones are left out. */
export type Claims = Record<string, unknown>;

/** A client for logins of browsers. */
export interface RegisteredClient {
  clientId: string;
  /** Undefined: a public client. */
  clientSecret: string | undefined;
  redirectUri: string;
}

/** How the provider responds: normally, with the page of a proxy, with an error, with a 429, or not at all. */
export type ProviderBehavior = "well" | "garbage" | "failing" | "busy" | "silent";

/** The login of an authorization code. */
interface PendingLogin {
  client: RegisteredClient;
  challenge: string;
  nonce: string | undefined;
  claims: Claims;
}

const epochSeconds = () => Math.floor(Date.now() / 1000);

/** RFC 8628's name for the device flow. */
const DEVICE_CODE_GRANT = "urn:ietf:params:oauth:grant-type:device_code";

/**
 * An OpenID Connect provider over real HTTP with real keys: discovery, key set, the authorization code flow with PKCE, client
 * credentials and the device flow. Its login page signs every browser in at once.
 */
export class IdentityProvider {
  /** Published keys; the last one signs. */
  keys: SigningKey[];
  behavior: ProviderBehavior = "well";
  /** Milliseconds before each response. */
  responseDelayMs = 0;
  clients: RegisteredClient[] = [];
  /** Claims of the next login; undefined: the login is refused. */
  nextLoginClaims: Claims | undefined = { sub: "visitor" };
  /** Claims of the account that a user chooses when the provider asks for it. */
  chosenLoginClaims: Claims = { sub: "chosen" };
  /** Whether clients can end the session of a browser (RP-initiated logout). */
  offersLogout = false;
  /** Listed in the metadata; undefined: not listed. */
  supportedPrompts: string[] | undefined;
  /** The queries of the logouts so far. */
  readonly logouts: Record<string, string>[] = [];
  /** Secrets of the clients with client credentials, by client id. */
  clientSecrets: Record<string, string> = {};
  /** The user's decision in the device flow. */
  deviceFlowOutcome: "waits" | "agrees" | "refuses" = "agrees";
  /** Valid refresh tokens. */
  readonly refreshTokens = new Set<string>();
  /** Announced lifetime of access tokens, in seconds. */
  accessTokenSeconds = 300;
  /** Changes ID tokens of the browser flow before they are signed. */
  transformIdTokenClaims: (claims: Claims) => Claims = (claims) => claims;
  readonly #requestedPaths: string[] = [];
  readonly #logins = new Map<string, PendingLogin>();
  #server: Server | undefined;
  #port = 0;

  private constructor(keys: SigningKey[]) {
    this.keys = keys;
  }

  /** Starts a provider with a new key. */
  static async start(alg?: string): Promise<IdentityProvider> {
    const provider = new IdentityProvider([await makeSigningKey(alg)]);
    await provider.restart();
    return provider;
  }

  /** For `AUTH_OPENID_URL`. */
  get issuer(): string {
    return `http://127.0.0.1:${this.#port}/realms/ewms`;
  }

  /** Number of requests to a path below the issuer: `keys`, `token`, `.well-known/openid-configuration`. */
  countRequests(path: string): number {
    return this.#requestedPaths.filter((asked) => asked === `/realms/ewms/${path}`).length;
  }

  /** Closes the port. */
  async stop(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    const closed = once(server, "close");
    server.close();
    server.closeAllConnections();
    await closed;
  }

  /** Listens again at the same address, unless it still does. */
  async restart(): Promise<void> {
    if (this.#server !== undefined) return;
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch((error: unknown) => response.destroy(error as Error));
    });
    this.#server.listen(this.#port, "127.0.0.1");
    await once(this.#server, "listening");
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Changes the signing key. @param kept the number of old keys that stay published */
  async rotateKeys(kept = 0): Promise<void> {
    this.keys = [...(kept > 0 ? this.keys.slice(-kept) : []), await makeSigningKey()];
  }

  /**
   * Signs a token that is valid for five minutes.
   *
   * @param claims added to the default ones; undefined removes one
   * @param key a key other than the current one
   */
  async signToken(claims: Claims = {}, key = this.#signingKey()): Promise<string> {
    const now = epochSeconds();
    const usual = { iss: this.issuer, sub: "someone", aud: "ewms-wms", iat: now, exp: now + 300 };
    return new SignJWT({ ...usual, ...claims })
      .setProtectedHeader({ alg: key.alg, kid: key.kid, typ: "JWT" })
      .sign(key.privateKey);
  }

  #signingKey(): SigningKey {
    const key = this.keys.at(-1);
    if (key === undefined) throw new Error("the provider has no key");
    return key;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "", this.issuer);
    this.#requestedPaths.push(url.pathname);
    if (this.behavior === "silent") return;
    if (this.responseDelayMs > 0) await wait(this.responseDelayMs);
    if (this.behavior === "garbage") {
      response.writeHead(200, { "content-type": "text/html" }).end("<html>Hello from a proxy</html>");
      return;
    }
    if (this.behavior === "busy") {
      response.writeHead(429, { "retry-after": "1" }).end("slow down");
      return;
    }
    if (this.behavior === "failing") return sendJson(response, 500, { error: "server_error" });
    const path = url.pathname.replace("/realms/ewms/", "");
    if (path === ".well-known/openid-configuration") return sendJson(response, 200, this.#metadata());
    if (path === "keys") return sendJson(response, 200, { keys: this.keys.map(({ jwk }) => jwk) });
    if (path === "authorize") return this.#authorize(url.searchParams, response);
    if (path === "logout" && this.offersLogout) return this.#logOut(url.searchParams, response);
    if (path === "device") return sendJson(response, 200, this.#device());
    if (path === "token") {
      const form = new URLSearchParams(await text(request));
      const grant = form.get("grant_type");
      if (grant === "client_credentials") return this.#grantClientCredentials(request, response);
      if (grant === DEVICE_CODE_GRANT) return this.#grantDevice(response);
      if (grant === "refresh_token") return this.#refreshTokens(form.get("refresh_token") ?? "", response);
      return this.#exchangeCode(form, response);
    }
    sendJson(response, 404, { error: "not_found" });
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
      ...(this.offersLogout && { end_session_endpoint: `${issuer}/logout` }),
      ...(this.supportedPrompts && { prompt_values_supported: this.supportedPrompts }),
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

  async #grantClientCredentials({ headers }: IncomingMessage, response: ServerResponse): Promise<void> {
    const proof = Buffer.from(headers.authorization?.replace("Basic ", "") ?? "", "base64").toString();
    // Id and secret are form-encoded before they are joined.
    const [id = "", secret] = proof.split(":").map((part) => new URLSearchParams(`x=${part}`).get("x"));
    if (!id || !secret || this.clientSecrets[id] !== secret)
      return sendJson(response, 401, { error: "invalid_client", error_description: "no such client" });
    sendJson(response, 200, await this.#accessToken());
  }

  async #grantDevice(response: ServerResponse): Promise<void> {
    if (this.deviceFlowOutcome === "waits") return sendJson(response, 400, { error: "authorization_pending" });
    if (this.deviceFlowOutcome === "refuses") return sendJson(response, 400, { error: "access_denied" });
    sendJson(response, 200, await this.#accessAndRefreshToken());
  }

  async #refreshTokens(refreshToken: string, response: ServerResponse): Promise<void> {
    if (!this.refreshTokens.delete(refreshToken)) return sendJson(response, 400, { error: "invalid_grant" });
    sendJson(response, 200, await this.#accessAndRefreshToken());
  }

  async #accessAndRefreshToken() {
    const refresh_token = randomUUID();
    this.refreshTokens.add(refresh_token);
    return { ...(await this.#accessToken()), refresh_token };
  }

  async #accessToken() {
    const access_token = await this.signToken({ jti: randomUUID(), ...this.nextLoginClaims });
    return { access_token, token_type: "Bearer", expires_in: this.accessTokenSeconds };
  }

  /**
   * Registers a service that users sign in to, as the only client.
   *
   * @param url the service's public URL
   * @returns settings of the service
   */
  registerService(url: string, clientSecret?: string) {
    const clientId = "ewms-wms";
    this.clients = [{ clientId, clientSecret, redirectUri: `${url}/admin/callback` }];
    return { AUTH_OPENID_URL: this.issuer, ADMIN_CLIENT_ID: clientId, PUBLIC_URL: url };
  }

  #authorize(asked: URLSearchParams, response: ServerResponse): void {
    const client = this.clients.find(({ clientId }) => clientId === asked.get("client_id"));
    const challenge = asked.get("code_challenge");
    const isValidRequest =
      asked.get("response_type") === "code" &&
      asked.get("scope")?.split(" ").includes("openid") &&
      asked.get("code_challenge_method") === "S256";
    if (client === undefined || client.redirectUri !== asked.get("redirect_uri") || !isValidRequest || !challenge) {
      sendJson(response, 400, { error: "invalid_request" });
      return;
    }
    const back = new URL(client.redirectUri);
    back.searchParams.set("state", asked.get("state") ?? "");
    const claims = asked.has("prompt") ? this.chosenLoginClaims : this.nextLoginClaims;
    if (claims === undefined) back.searchParams.set("error", "access_denied");
    else {
      const code = randomUUID();
      const nonce = asked.get("nonce") ?? undefined;
      this.#logins.set(code, { client, challenge, nonce, claims });
      back.searchParams.set("code", code);
    }
    response.writeHead(302, { location: back.href }).end();
  }

  /** Ends the session at once, and returns the browser to the client. */
  #logOut(asked: URLSearchParams, response: ServerResponse): void {
    this.logouts.push(Object.fromEntries(asked));
    const client = this.clients.find(({ clientId }) => clientId === asked.get("client_id"));
    const back = asked.get("post_logout_redirect_uri");
    if (client === undefined || back === null || new URL(back).origin !== new URL(client.redirectUri).origin) {
      sendJson(response, 400, { error: "invalid_request" });
      return;
    }
    const location = new URL(back);
    location.searchParams.set("state", asked.get("state") ?? "");
    response.writeHead(303, { location: location.href }).end();
  }

  async #exchangeCode(form: URLSearchParams, response: ServerResponse): Promise<void> {
    const code = form.get("code") ?? "";
    const login = this.#logins.get(code);
    // A code is valid once.
    this.#logins.delete(code);
    if (login === undefined || form.get("redirect_uri") !== login.client.redirectUri)
      return sendJson(response, 400, { error: "invalid_grant" });
    const { clientId, clientSecret } = login.client;
    if (form.get("client_id") !== clientId || (form.get("client_secret") ?? undefined) !== clientSecret)
      return sendJson(response, 401, { error: "invalid_client" });
    const verified = createHash("sha256")
      .update(form.get("code_verifier") ?? "")
      .digest("base64url");
    if (verified !== login.challenge) return sendJson(response, 400, { error: "invalid_grant" });
    const claims = { aud: clientId, ...(login.nonce && { nonce: login.nonce }), ...login.claims };
    sendJson(response, 200, {
      access_token: randomUUID(),
      token_type: "Bearer",
      expires_in: 300,
      id_token: await this.signToken(this.transformIdTokenClaims(claims)),
    });
  }
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
