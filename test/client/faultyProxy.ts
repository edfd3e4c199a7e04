import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { onTestFinished } from "vitest";

/** What happens to a request on its way. */
type Fate = "passes" | "answer lost" | "answer cut off";

/** A way to a service that a test can break. */
export interface Wire {
  /** The same service, by way of the wire. */
  url: string;
  /** Requests that reached the service, as `POST /v1/workflows`. */
  readonly passed: string[];
  /** Headers of the last one. */
  lastHeaders(): IncomingMessage["headers"];
  /** What happens to the next requests, one each; those after them pass. */
  next(...fates: Fate[]): void;
}

/**
 * Passes requests on to a service. Those that shall be lost are served all the same: their answer is read, and then the
 * client's connection breaks before it, or in the middle of it.
 */
export async function layWire(target: string): Promise<Wire> {
  const passed: string[] = [];
  const fates: Fate[] = [];
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
    const [answer] = (await once(passedOn, "response")) as [IncomingMessage];
    const text = await buffer(answer);
    if (fate === "answer lost") return void response.destroy();
    response.writeHead(answer.statusCode ?? 500, answer.statusMessage, answer.headers);
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
    passed,
    lastHeaders: () => headers,
    next: (...following) => void fates.push(...following),
  };
}
