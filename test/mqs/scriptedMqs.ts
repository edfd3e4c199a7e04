import { EventEmitter, on } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { type MqsResponse, ReservedQueues } from "./reservedQueues.js";
import { normalResponse, type ScriptedResponse } from "./scriptedResponses.js";

export * from "./scriptedResponses.js";

/** The kind of a request; `token` is the OAuth2 token service, which has the same port. */
export type MqsCallKind = "reservation" | "activation" | "profile" | "token";

/** A received request. */
export interface MqsCall {
  kind: MqsCallKind;
  /** Undefined for a token, and for the profile of a queue that this MQS did not reserve. */
  workflow: string | undefined;
  /** The encoded path. */
  path: string;
  /** JSON, or the fields of the form for a token; undefined when there was none. */
  body: unknown;
  authorization: string | undefined;
}

/** The client that may get tokens. */
export interface TokenRequirements {
  clientId: string;
  clientSecret: string;
  /** The lifetime of a token in seconds; undefined leaves it out of the response. */
  expiresIn?: number;
}

/** A real HTTP server that simulates the MQS. Tests script its failures. */
export interface ScriptedMqs {
  /** For `MQS_ADDRESS`. */
  readonly address: string;
  /** The token endpoint, for `MQS_TOKEN_URL`. The address is its issuer, with a discovery document. */
  readonly tokenUrl: string;
  /** Every request so far, in the order of arrival. */
  readonly calls: readonly MqsCall[];
  /** Requests of one kind so far. */
  callsOf(kind: MqsCallKind): MqsCall[];
  /**
   * Scripts the next responses to requests of a kind; further requests get normal ones. A workflow's own responses
   * precede those of `*`.
   */
  script(kind: MqsCallKind, workflow: string, ...answers: ScriptedResponse[]): void;
  /** Sets the response to requests without a scripted one. */
  setDefaultResponse(answer: (call: MqsCall) => ScriptedResponse): void;
  /** Revokes every token so far. */
  revokeTokens(): void;
  /** Waits for the first call that fits, which may have arrived already. */
  waitForCall(fits: (call: MqsCall) => boolean, withinMs?: number): Promise<MqsCall>;
  /** Closes the server and every connection. */
  close(): Promise<void>;
}

/** @param options.demand undefined: requests need no token, and the token service gives none */
export async function startScriptedMqs(options: { demand?: TokenRequirements } = {}): Promise<ScriptedMqs> {
  const mqs = new ScriptedMqsServer(options.demand);
  await mqs.listen();
  return mqs;
}

const ROUTES: [MqsCallKind, RegExp][] = [
  ["reservation", /^POST \/v1\/mqs\/workflows\/([^/]+)\/mq-group\/reservation$/],
  ["activation", /^POST \/v1\/mqs\/workflows\/([^/]+)\/mq-group\/activation$/],
  ["profile", /^GET \/v1\/mqs\/mq-profiles\/([^/]+)$/],
  ["token", /^POST \/(token)$/],
];

class ScriptedMqsServer implements ScriptedMqs {
  readonly calls: MqsCall[] = [];
  readonly #tokenRequirements: TokenRequirements | undefined;
  readonly #scripts = new Map<string, ScriptedResponse[]>();
  readonly #queues = new ReservedQueues();
  readonly #callEvents = new EventEmitter().setMaxListeners(0);
  readonly #validTokens = new Set<string>();
  readonly #server: Server;
  #tokens = 0;
  #defaultResponse: (call: MqsCall) => ScriptedResponse = () => normalResponse;

  constructor(demand: TokenRequirements | undefined) {
    this.#tokenRequirements = demand;
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch((error: unknown) => response.destroy(error as Error));
    });
  }

  listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject).listen(0, "127.0.0.1", resolve);
    });
  }

  get address(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get tokenUrl(): string {
    return `${this.address}/token`;
  }

  callsOf(kind: MqsCallKind): MqsCall[] {
    return this.calls.filter((call) => call.kind === kind);
  }

  script(kind: MqsCallKind, workflow: string, ...answers: ScriptedResponse[]): void {
    const key = `${kind} ${workflow}`;
    this.#scripts.set(key, [...(this.#scripts.get(key) ?? []), ...answers]);
  }

  setDefaultResponse(answer: (call: MqsCall) => ScriptedResponse): void {
    this.#defaultResponse = answer;
  }

  revokeTokens(): void {
    this.#validTokens.clear();
  }

  async waitForCall(fits: (call: MqsCall) => boolean, withinMs = 20_000): Promise<MqsCall> {
    const there = this.calls.find(fits);
    if (there !== undefined) return there;
    for await (const [call] of on(this.#callEvents, "call", { signal: AbortSignal.timeout(withinMs) }))
      if (fits(call as MqsCall)) return call as MqsCall;
    throw new Error("the MQS was closed");
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const line = `${request.method} ${request.url}`;
    if (line === "GET /.well-known/openid-configuration")
      return send(response, { code: 200, body: { issuer: this.address, token_endpoint: this.tokenUrl } });
    const route = ROUTES.find(([, pattern]) => pattern.test(line));
    if (route === undefined) return send(response, { code: 404, body: { code: 404, error: "no such route" } });
    const [kind, pattern] = route;
    const subject = decodeURIComponent(pattern.exec(line)?.[1] ?? "");
    const call: MqsCall = {
      kind,
      workflow: this.#workflowOf(kind, subject),
      path: request.url ?? "",
      body: parsedBody(kind, await text(request)),
      authorization: request.headers.authorization,
    };
    this.calls.push(call);
    this.#callEvents.emit("call", call);
    this.#respond(this.#nextResponse(call), call, subject, response);
  }

  #workflowOf(kind: MqsCallKind, subject: string): string | undefined {
    if (kind === "token") return undefined;
    return kind === "profile" ? this.#queues.workflowOf(subject) : subject;
  }

  #nextResponse(call: MqsCall): ScriptedResponse {
    const { kind, workflow } = call;
    const own = this.#scripts.get(`${kind} ${workflow}`);
    return own?.shift() ?? this.#scripts.get(`${kind} *`)?.shift() ?? this.#defaultResponse(call);
  }

  #respond(answer: ScriptedResponse, call: MqsCall, subject: string, response: ServerResponse): void {
    switch (answer.kind) {
      case "well":
        send(response, this.#normalResponse(call, subject));
        break;
      case "late":
        answer.after.then(() => this.#respond(answer.response, call, subject, response));
        break;
      case "tryAgainLater":
        send(response, { code: 200, body: { try_again_later: true } });
        break;
      case "status":
        send(response, answer, answer.headers);
        break;
      case "garbage":
        response.writeHead(200, { "content-type": "text/html" }).end("<html>Bad gateway</html>");
        break;
      case "stall":
        response.writeHead(200, { "content-type": "application/json" }).write('{"mqprofiles":');
        break;
      case "drop":
        response.socket?.destroy();
        break;
      case "hang":
    }
  }

  #normalResponse(call: MqsCall, subject: string): MqsResponse {
    if (call.kind === "token") return this.#issueToken(call);
    if (this.#tokenRequirements !== undefined && !this.#validTokens.has(call.authorization ?? ""))
      return { code: 401, body: { code: 401, error: "the token is not valid" } };
    if (call.kind === "profile") return this.#queues.profile(subject);
    if (call.kind === "activation") return this.#queues.activate(subject);
    const { queue_aliases, public: shown } = call.body as { queue_aliases: string[]; public: string[] };
    return this.#queues.reserve(subject, queue_aliases, shown);
  }

  #issueToken({ body, authorization }: MqsCall): MqsResponse {
    const demand = this.#tokenRequirements;
    const form = body as Record<string, string>;
    const [id, secret] = basicCredentials(authorization) ?? [form["client_id"], form["client_secret"]];
    if (demand === undefined || form["grant_type"] !== "client_credentials")
      return { code: 400, body: { error: "unsupported_grant_type" } };
    if (id !== demand.clientId || secret !== demand.clientSecret)
      return { code: 401, body: { error: "invalid_client" } };
    const token = `token-${++this.#tokens}`;
    this.#validTokens.add(`Bearer ${token}`);
    const lifetime = demand.expiresIn === undefined ? {} : { expires_in: demand.expiresIn };
    return { code: 200, body: { access_token: token, token_type: "Bearer", ...lifetime } };
  }
}

function basicCredentials(authorization: string | undefined): string[] | undefined {
  const encoded = /^Basic (.+)$/.exec(authorization ?? "")?.[1];
  if (encoded === undefined) return undefined;
  return Buffer.from(encoded, "base64").toString().split(":").map(decodeURIComponent);
}

function parsedBody(kind: MqsCallKind, body: string): unknown {
  if (body === "") return undefined;
  return kind === "token" ? Object.fromEntries(new URLSearchParams(body)) : JSON.parse(body);
}

function send(response: ServerResponse, { code, body }: MqsResponse, headers: Record<string, string> = {}): void {
  response.writeHead(code, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
}
