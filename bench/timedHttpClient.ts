import { Agent, request } from "node:http";

/** An answer. */
export interface TimedResponse {
  status: number;
  /** The body. Each read decodes it: some are large and never read. */
  readonly text: string;
  /** How it begins, as far as its first piece went. */
  readonly head: string;
  /** Milliseconds until it had come as a whole. */
  took: number;
}

/** Calls a server over kept-alive connections and measures each answer. */
export class TimedHttpClient {
  readonly #url: string;
  readonly #agent: Agent;

  /** @param connections at most; more calls at once wait for one, and their waiting counts */
  constructor(url: string, connections: number) {
    this.#url = url;
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections });
  }

  /**
   * @param body sent as JSON: text as it is
   * @throws Error when the connection breaks
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

  /** The same, and every answer but a 2xx is an error. */
  async callExpectingSuccess(method: "GET" | "POST", path: string, body?: object | string): Promise<TimedResponse> {
    const answer = await this.call(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text.slice(0, 300)}`);
    return answer;
  }

  /** Closes the idle connections. */
  closeIdleConnections(): void {
    for (const sockets of Object.values(this.#agent.freeSockets)) for (const socket of sockets ?? []) socket.destroy();
  }

  close(): void {
    this.#agent.destroy();
  }
}
