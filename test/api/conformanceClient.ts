import { Agent, type IncomingHttpHeaders } from "node:http";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { isEventStream, sendRequest } from "../setup/http.js";

/** A response that conforms to the served document. */
export interface CheckedResponse<T> {
  status: number;
  /** The HTTP reason phrase, decoded as Latin-1. */
  reason: string;
  headers: IncomingHttpHeaders;
  /** The raw body. */
  text: string;
  /** The parsed body; `undefined` if there is none. */
  body: T;
}

/** The body and headers of a request. */
export interface RequestOptions {
  /** Bytes and strings are sent unchanged, everything else as JSON. */
  body?: unknown;
  headers?: Record<string, string>;
}

/** A client that checks every response. Its methods throw if one does not conform to the document. */
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

/** The part of an OpenAPI document that the client reads. */
export interface OpenApiDocument {
  paths: Record<string, Record<string, OpenApiOperation>>;
  components: Record<string, Record<string, object>>;
}

/**
 * Creates a client that validates each response against the service's own document: the body by path, method and
 * status, and for errors also the code and the reason phrase.
 *
 * @param token sent with every request that has no `authorization` of its own
 */
export async function createConformanceClient(url: string, token?: string): Promise<ConformanceClient> {
  const agent = new Agent({ keepAlive: true });
  const defaultHeaders: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const { body: document } = await sendRequest<OpenApiDocument>(`${url}/v1/schema/openapi`, {
    agent,
    headers: defaultHeaders,
  });
  const check = createConformanceCheck(document);
  // biome-ignore lint/suspicious/noExplicitAny: tests read what they expect
  const request = async <T = any>(
    method: string,
    path: string,
    sent: RequestOptions = {},
  ): Promise<CheckedResponse<T>> => {
    const headers = { ...defaultHeaders, ...sent.headers };
    const response = await sendRequest<T>(url + path, { ...sent, agent, method, headers });
    check(method, path, response);
    return response;
  };
  return {
    request,
    get: (path) => request("GET", path),
    post: (path, body) => request("POST", path, { body }),
    document,
    close: () => agent.destroy(),
  };
}

/** Creates a function that throws if a response does not conform to the document. */
export function createConformanceCheck(
  document: OpenApiDocument,
): (method: string, path: string, response: CheckedResponse<unknown>) => void {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  const compiled = new Map<string, ValidateFunction>();
  const validatorOf = (name: string, schema: object): ValidateFunction => {
    const validator = compiled.get(name) ?? ajv.compile({ ...schema, components: document.components });
    compiled.set(name, validator);
    return validator;
  };
  return (method, path, response) => {
    const { status, body } = response;
    // The document has no HEAD; routes without it return 405.
    const documentedMethod = method === "HEAD" && status !== 405 ? "GET" : method;
    const [template, operation] = findOperation(document, documentedMethod, path);
    const schema = operation
      ? operation.responses[status]?.content[isEventStream(response.headers) ? "text/event-stream" : "application/json"]
          ?.schema
      : { $ref: "#/components/schemas/ErrorResponse" };
    const name = `${method} ${template ?? path} ${status}`;
    if (schema === undefined) throw new Error(`${name} is not in the document: ${response.text}`);
    if (operation === undefined && status < 400) return;
    if (method !== "HEAD" && !isEventStream(response.headers)) {
      const validator = validatorOf(template === undefined ? "error" : name, schema);
      if (!validator(body)) throw new Error(`${name}: ${ajv.errorsText(validator.errors)}: ${response.text}`);
      if (status >= 400) assertErrorShape(name, response as CheckedResponse<{ code: number; error: string }>);
    }
  };
}

/** The document's path and operation for a request; `undefined` if the document has none. */
function findOperation(
  document: OpenApiDocument,
  method: string,
  path: string,
): [string | undefined, OpenApiOperation | undefined] {
  const [pathname = ""] = path.split("?", 1);
  const template = Object.keys(document.paths).find((candidate) =>
    new RegExp(`^${candidate.replace(/\{\w+\}/g, "[^/]+")}$`).test(pathname),
  );
  if (template === undefined) return [undefined, undefined];
  const operations = new Map(Object.entries(document.paths[template] ?? {}));
  return [template, operations.get(method.toLowerCase())];
}

/** In an error, status and `code` are equal, and so are the reason phrase and `error`. */
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
    // HTTP parsers drop blanks at the end of a line.
    .trimEnd();
  if (reason.trimEnd() !== expected) throw new Error(`${name}: reason ${reason}, error ${body.error}`);
}
