import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { onTestFinished } from "vitest";

/** What the proxy does with the response to a request. A page is its own, instead of the response of the service. A held request is not forwarded, and gets no response. */
type RequestFate = "passes" | "response lost" | "response truncated" | "held" | `page ${502 | 503 | 504}`;

/** A proxy that breaks connections to a service. */
export interface FaultyProxy {
  /** URL of the proxy. */
  url: string;
  /** Requests that reached the service, such as `POST /v1/workflows`. */
  readonly forwardedRequests: string[];
  /** Number of held requests that wait for a response, and of those whose client has closed the connection. */
  readonly held: { waiting: number; abandoned: number };
  /** Headers of the last request. */
  lastHeaders(): IncomingMessage["headers"];
  /** Sets the fates of the next requests; later requests pass. */
  setNextFates(...fates: RequestFate[]): void;
}

/**
 * Starts a proxy of a service. The service processes every request; the proxy can close the client's connection before
 * the response or within it.
 */
export async function startFaultyProxy(target: string): Promise<FaultyProxy> {
  const forwarded: string[] = [];
  const fates: RequestFate[] = [];
  const held = { waiting: 0, abandoned: 0 };
  let headers: IncomingMessage["headers"] = {};
  const serve = async (incoming: IncomingMessage, response: ServerResponse) => {
    const fate = fates.shift() ?? "passes";
    if (fate === "held") {
      held.waiting++;
      response.once("close", () => {
        held.waiting--;
        held.abandoned++;
      });
      return;
    }
    forwarded.push(`${incoming.method} ${incoming.url}`);
    headers = incoming.headers;
    const body = await buffer(incoming);
    const outgoing = request(target + incoming.url, {
      method: incoming.method,
      headers: incoming.headers,
      agent: false,
    });
    outgoing.end(body);
    const [upstreamResponse] = (await once(outgoing, "response")) as [IncomingMessage];
    const text = await buffer(upstreamResponse);
    if (fate === "response lost") return void response.destroy();
    if (fate.startsWith("page"))
      return void response.writeHead(Number(fate.slice(5)), { "content-type": "text/html" }).end("<html>nginx</html>");
    response.writeHead(upstreamResponse.statusCode ?? 500, upstreamResponse.statusMessage, upstreamResponse.headers);
    if (fate === "passes") return void response.end(text);
    response.write(text.subarray(0, text.length / 2), () => response.destroy());
  };
  const server = createServer((incoming, response) => {
    serve(incoming, response).catch((error: unknown) => response.destroy(error as Error));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    forwardedRequests: forwarded,
    held,
    lastHeaders: () => headers,
    setNextFates: (...following) => void fates.push(...following),
  };
}
