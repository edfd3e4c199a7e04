import { Agent, request } from "node:http";

/** A response. */
export interface TimedResponse {
  status: number;
  /** The body, decoded on each read: large bodies are often not read. */
  readonly text: string;
  /** The first chunk of the body. */
  readonly head: string;
  /** Milliseconds until the end of the response. */
  took: number;
}

/** Sends requests over persistent connections and measures each response. */
export class TimedHttpClient {
  readonly #url: string;
  readonly #agent: Agent;

  /** @param connections the maximum; further concurrent calls wait, and their time includes the wait */
  constructor(url: string, connections: number) {
    this.#url = url;
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections });
  }

  /**
   * @param body sent as JSON; a string is sent unchanged
   * @throws Error if the connection breaks
   */
  call(method: "GET" | "POST", path: string, body?: object | string): Promise<TimedResponse> {
    const text = body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body);
    const headers =
      text === undefined ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(text) };
    const began = performance.now();
    return new Promise((resolve, reject) => {
      const sent = request(`${this.#url}${path}`, { method, headers, agent: this.#agent }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => {
          const took = performance.now() - began;
          resolve({
            status: response.statusCode ?? 0,
            get text() {
              return Buffer.concat(chunks).toString();
            },
            get head() {
              return chunks[0]?.toString() ?? "";
            },
            took,
          });
        });
      });
      sent.on("error", reject);
      sent.end(text);
    });
  }

  /** Like `call`. @throws Error if the response is not a 2xx */
  async callExpectingSuccess(method: "GET" | "POST", path: string, body?: object | string): Promise<TimedResponse> {
    const response = await this.call(method, path, body);
    if (response.status >= 300) throw new Error(`${method} ${path}: ${response.status} ${response.text.slice(0, 300)}`);
    return response;
  }

  /** Closes the idle connections. */
  closeIdleConnections(): void {
    for (const sockets of Object.values(this.#agent.freeSockets)) for (const socket of sockets ?? []) socket.destroy();
  }

  close(): void {
    this.#agent.destroy();
  }
}
