import { once } from "node:events";
import type { RequestListener, Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import { createServer } from "../../src/api/http/httpServer.js";
import { DEFAULT_HTTP_LIMITS, type HttpLimits } from "../../src/domain/httpLimits.js";
import { waitForValue } from "../setup/waitFor.js";

const ok: RequestListener = (request, response) => {
  request.resume();
  request.on("end", () => response.end("served"));
};

/** Starts a server of an app until the test has ended. */
export async function startServer(limits: Partial<HttpLimits>, app: RequestListener = ok): Promise<Server> {
  const server = createServer(app, { ...DEFAULT_HTTP_LIMITS, ...limits });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
  });
  return server;
}

/** A client that never closes a connection by itself. */
export class HalfOpenClient {
  received = "";
  readonly socket: Socket;
  /** Resolves when the server has ended or destroyed the connection. */
  readonly closedByServer: Promise<unknown>;
  readonly #timers: NodeJS.Timeout[] = [];

  /** @param from the client's own address */
  constructor(server: Server | URL, from = "127.0.0.1") {
    const port = server instanceof URL ? Number(server.port) : (server.address() as AddressInfo).port;
    this.socket = connect({ port, host: "127.0.0.1", localAddress: from, allowHalfOpen: true });
    this.socket.setEncoding("latin1").on("data", (text: string) => {
      this.received += text;
    });
    this.socket.on("error", () => undefined);
    this.closedByServer = new Promise((resolve) => this.socket.once("end", resolve).once("close", resolve));
    onTestFinished(() => {
      for (const timer of this.#timers) clearInterval(timer);
      this.socket.destroy();
    });
  }

  send(text: string): this {
    this.socket.write(text);
    return this;
  }

  /** Sends single bytes until the server closes the connection. */
  sendSlowly(): this {
    this.#timers.push(setInterval(() => this.socket.writable && this.socket.write("x"), 20));
    return this;
  }

  waitForText(pattern: RegExp): Promise<string> {
    return waitForValue(
      `${pattern} from the server`,
      async () => this.received,
      (text) => pattern.test(text),
    );
  }
}

/** Counts the open connections of a server. */
export const countConnections = (server: Server): Promise<number> =>
  new Promise((resolve, reject) =>
    server.getConnections((error, count) => (error === null ? resolve(count) : reject(error))),
  );

/** Waits until a server has no connection. */
export const waitForNoConnections = (server: Server) =>
  waitForValue(
    "no connection is left",
    () => countConnections(server),
    (count) => count === 0,
  );
