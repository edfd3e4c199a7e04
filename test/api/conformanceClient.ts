import { Agent, request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";

/** An answer that agrees with the served document. */
export interface CheckedResponse<T> {
  status: number;
  /** HTTP's reason phrase, its bytes read as Latin-1. */
  reason: string;
  headers: IncomingHttpHeaders;
  /** The body as it came. */
  text: string;
  /** The parsed body; undefined when there was none. */
  body: T;
}

/** What a request may have beside its method and path. */
export interface RequestOptions {
  /** Bytes and strings are sent as they are, everything else as JSON. */
  body?: unknown;
  headers?: Record<string, string>;
}

/** A client that checks every answer. Its methods throw when one does not agree with the document. */
export interface ConformanceClient {
  // biome-ignore lint/suspicious/noExplicitAny: tests read what they expect
  request<T = any>(method: string, path: string, sent?: RequestOptions): Promise<CheckedResponse<T>>;
  // biome-ignore lint/suspicious/noExplicitAny: tests read what they expect
  get<T = any>(path: string): Promise<CheckedResponse<T>>;
  // biome-ignore lint/suspicious/noExplicitAny: tests read what they expect
  post<T = any>(path: string, body?: unknown): Promise<CheckedResponse<T>>;
  /** The served document. */
  document: OpenApiDocument;
  close(): void;
}

interface OpenApiOperation {
  responses: Record<string, { content: Record<string, { schema: object }> }>;
}

/** As much of an OpenAPI document as is read here. */
export interface OpenApiDocument {
  paths: Record<string, Record<string, OpenApiOperation>>;
  components: Record<string, Record<string, object>>;
}

/**
 * A client of a running service that validates each answer against the document which that service serves: the body by
 * path, method and status, and for errors the shape, the code and the reason phrase as well.
 *
 * @param token goes with every request that brings no `authorization` of its own
 */
export async function createConformanceClient(url: string, token?: string): Promise<ConformanceClient> {
  const agent = new Agent({ keepAlive: true });
  const usual: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const { body: document } = await sendRequest<OpenApiDocument>(agent, url, "GET", "/v1/schema/openapi", {
    headers: usual,
  });
  const check = createConformanceCheck(document);
  // biome-ignore lint/suspicious/noExplicitAny: tests read what they expect
  const request = async <T = any>(
    method: string,
    path: string,
    sent: RequestOptions = {},
  ): Promise<CheckedResponse<T>> => {
    const headers = { ...usual, ...sent.headers };
    const answer = await sendRequest<T>(agent, url, method, path, { ...sent, headers });
    check(method, path, answer);
    return answer;
  };
  return {
    request,
    get: (path) => request("GET", path),
    post: (path, body) => request("POST", path, { body }),
    document,
    close: () => agent.destroy(),
  };
}

const EVENT_STREAM_TYPE = "text/event-stream";
const isEventStream = (headers: IncomingHttpHeaders): boolean => headers["content-type"] === EVENT_STREAM_TYPE;

function sendRequest<T>(
  agent: Agent,
  url: string,
  method: string,
  path: string,
  sent: RequestOptions,
): Promise<CheckedResponse<T>> {
  const { body, headers } = sent;
  const bytes = body === undefined || typeof body === "string" || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  const { hostname, port } = new URL(url);
  // Node would send a GET's body without saying that there is one.
  const length: Record<string, string | number> =
    bytes === undefined || headers?.["transfer-encoding"] ? {} : { "content-length": Buffer.byteLength(bytes) };
  const options = { agent, hostname, port, method, path, headers: { ...length, ...headers } };
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(options, (incoming) => {
      // A stream of events has no end: its head is the answer.
      if (isEventStream(incoming.headers)) incoming.destroy();
      const chunks: Buffer[] = [];
      incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
      incoming.on("error", reject);
      incoming.on("close", () => {
        const text = Buffer.concat(chunks).toString();
        const isJson = incoming.headers["content-type"]?.startsWith("application/json") && text !== "";
        resolve({
          status: incoming.statusCode ?? 0,
          reason: incoming.statusMessage ?? "",
          headers: incoming.headers,
          text,
          body: (isJson ? JSON.parse(text) : undefined) as T,
        });
      });
    });
    outgoing.on("error", reject);
    outgoing.end(bytes);
  });
}

/** What throws when an answer does not agree with a document. */
export function createConformanceCheck(
  document: OpenApiDocument,
): (method: string, path: string, answer: CheckedResponse<unknown>) => void {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  const compiled = new Map<string, ValidateFunction>();
  const validatorOf = (name: string, schema: object): ValidateFunction => {
    const validator = compiled.get(name) ?? ajv.compile({ ...schema, components: document.components });
    compiled.set(name, validator);
    return validator;
  };
  return (method, path, answer) => {
    const { status, body } = answer;
    // Most GETs are there as HEAD, too; those that are not say so.
    const meant = method === "HEAD" && status !== 405 ? "GET" : method;
    const [template, operation] = findOperation(document, meant, path);
    const schema = operation
      ? operation.responses[status]?.content[isEventStream(answer.headers) ? EVENT_STREAM_TYPE : "application/json"]
          ?.schema
      : { $ref: "#/components/schemas/ErrorResponse" };
    const name = `${method} ${template ?? path} ${status}`;
    if (schema === undefined) throw new Error(`${name} is not in the document: ${answer.text}`);
    if (operation === undefined && status < 400) return;
    if (method !== "HEAD" && !isEventStream(answer.headers)) {
      const validator = validatorOf(template === undefined ? "error" : name, schema);
      if (!validator(body)) throw new Error(`${name}: ${ajv.errorsText(validator.errors)}: ${answer.text}`);
      if (status >= 400) assertErrorShape(name, answer as CheckedResponse<{ code: number; error: string }>);
    }
  };
}

/** The path of the document that a request meant, and what it says of the method; undefined for what it does not know. */
function findOperation(
  document: OpenApiDocument,
  method: string,
  path: string,
): [string | undefined, OpenApiOperation | undefined] {
  const [asked = ""] = path.split("?", 1);
  const template = Object.keys(document.paths).find((candidate) =>
    new RegExp(`^${candidate.replace(/\{\w+\}/g, "[^/]+")}$`).test(asked),
  );
  if (template === undefined) return [undefined, undefined];
  const operations = new Map(Object.entries(document.paths[template] ?? {}));
  return [template, operations.get(method.toLowerCase())];
}

/** An error says the same three times: as status and `code`, and as reason phrase and `error`. */
function assertErrorShape(
  name: string,
  { status, reason, body }: CheckedResponse<{ code: number; error: string }>,
): void {
  if (body.code !== status) throw new Error(`${name}: code ${body.code}`);
  const expected = [...body.error]
    .map((character) => {
      const code = character.codePointAt(0) ?? 0;
      return (code >= 32 && code < 127) || (code >= 160 && code < 256) ? character : "?";
    })
    .join("")
    .slice(0, 500)
    // A parser of HTTP drops what is blank at the end of a line.
    .trimEnd();
  if (reason.trimEnd() !== expected) throw new Error(`${name}: reason ${reason}, error ${body.error}`);
}
