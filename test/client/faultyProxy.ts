import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { onTestFinished } from "vitest";

/** What happens to a request on its way. */
type RequestFate = "passes" | "answer lost" | "answer cut off";

/** A way to a service that a test can break. */
export interface FaultyProxy {
  /** The same service, by way of the wire. */
  url: string;
  /** Requests that reached the service, as `POST /v1/workflows`. */
  readonly forwardedRequests: string[];
  /** Headers of the last one. */
  lastHeaders(): IncomingMessage["headers"];
  /** What happens to the next requests, one each; those after them pass. */
  setNextFates(...fates: RequestFate[]): void;
}

/**
 * Passes requests on to a service. Those that shall be lost are served all the same: their answer is read, and then the
 * client's connection breaks before it, or in the middle of it.
 */
export async function startFaultyProxy(target: string): Promise<FaultyProxy> {
  const passed: string[] = [];
  const fates: RequestFate[] = [];
  let headers: IncomingMessage["headers"] = {};
  const serve = async (asked: IncomingMessage, response: ServerResponse) => {
    passed.push(`${asked.method} ${asked.url}`);
    headers = asked.headers;
    const fate = fates.shift() ?? "passes";
    const body = await buffer(asked);
    const passedOn = request(target + asked.url, {
      method: asked.method,
      headers: asked.headers,
      agent: false,
    });
    passedOn.end(body);
    const [upstreamResponse] = (await once(passedOn, "response")) as [IncomingMessage];
    const text = await buffer(upstreamResponse);
    if (fate === "answer lost") return void response.destroy();
    response.writeHead(upstreamResponse.statusCode ?? 500, upstreamResponse.statusMessage, upstreamResponse.headers);
    if (fate === "passes") return void response.end(text);
    response.write(text.subarray(0, text.length / 2), () => response.destroy());
  };
  const server = createServer((asked, response) => {
    serve(asked, response).catch((error: unknown) => response.destroy(error as Error));
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
    forwardedRequests: passed,
    lastHeaders: () => headers,
    setNextFates: (...following) => void fates.push(...following),
  };
}
