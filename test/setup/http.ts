import { type Agent, request as httpRequest, type IncomingHttpHeaders } from "node:http";

/** What a request may have besides its URL. */
export interface RequestOptions {
  /** Default `GET`. */
  method?: string;
  headers?: Record<string, string>;
  /** Bytes and strings are sent unchanged, everything else as JSON. */
  body?: unknown;
  /** Keeps the connections. Default: Node's own agent. */
  agent?: Agent;
}

/** A response. */
export interface HttpResponse<T> {
  status: number;
  /** HTTP's reason phrase, its bytes read as Latin-1. */
  reason: string;
  headers: IncomingHttpHeaders;
  /** The unparsed body. */
  text: string;
  /** The parsed body; undefined when the response has no JSON. */
  body: T;
  /** Whether the request was sent over the connection of an earlier one. */
  reusedConnection: boolean;
}

/** Whether a response is a stream of events. */
export const isEventStream = (headers: IncomingHttpHeaders): boolean => headers["content-type"] === "text/event-stream";

/** Sends a request without following redirects. Of a stream of events it reads the head only. */
export function sendRequest<T>(
  url: string,
  { method = "GET", headers, body, agent }: RequestOptions = {},
): Promise<HttpResponse<T>> {
  const bytes = body === undefined || typeof body === "string" || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  // Node sends a GET's body without a length header, so the server would not read it.
  const length: Record<string, string | number> =
    bytes === undefined || headers?.["transfer-encoding"] ? {} : { "content-length": Buffer.byteLength(bytes) };
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(url, { agent, method, headers: { ...length, ...headers } }, (incoming) => {
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
          reusedConnection: outgoing.reusedSocket,
        });
      });
    });
    outgoing.on("error", reject);
    outgoing.end(bytes);
  });
}
