import { Agent } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { onTestFinished } from "vitest";
import { sendRequest } from "../setup/http.js";
import { waitUntil } from "../setup/waitFor.js";

/** Milliseconds between two probes of a backend. */
const PROBE_INTERVAL_MS = 50;

/** One process behind the balancer. */
interface Backend {
  url: string;
  /** Whether its last probe said that it is ready. */
  isReady: boolean;
  /** Connections that are kept, as balancers do. */
  agent: Agent;
  served: number;
}

export interface BalancedResponse {
  status: number;
  body: string;
}

/**
 * A load balancer: round robin over kept-alive connections to the backends whose `/readyz` is 200. It retries only a request
 * whose connection was refused, since that request was never sent.
 */
export class LoadBalancer {
  readonly #backends: Backend[] = [];
  #next = 0;
  #closed = false;
  /** Requests that went over the connection of an earlier one. */
  reusedConnections = 0;

  constructor() {
    onTestFinished(() => {
      this.#closed = true;
      for (const { agent } of this.#backends) agent.destroy();
    });
  }

  /** Adds a process to the backends. @returns when it is ready */
  async addBackend(url: string): Promise<void> {
    const backend = { url, isReady: false, agent: new Agent({ keepAlive: true }), served: 0 };
    this.#backends.push(backend);
    void this.#probe(backend);
    await waitUntil(`${url} is ready`, () => backend.isReady);
  }

  /** Requests served by each backend that there ever was. */
  get served(): number[] {
    return this.#backends.map(({ served }) => served);
  }

  async #probe(backend: Backend): Promise<void> {
    while (!this.#closed) {
      // On a separate connection: its `connection: close` must not affect the connections of the requests.
      const ready = await fetch(`${backend.url}/readyz`, { headers: { connection: "close" } }).then(
        ({ status }) => status === 200,
        () => false,
      );
      backend.isReady = ready;
      await wait(PROBE_INTERVAL_MS);
    }
  }

  /** @throws Error when no backend is ready, or when a request was sent and its response was lost */
  async send(method: "GET" | "POST", path: string, body?: object): Promise<BalancedResponse> {
    for (const backend of this.#readyBackends()) {
      try {
        return await this.#sendTo(backend, method, path, body);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ECONNREFUSED")
          throw new Error(`${method} ${path}: ${(error as Error).message}`, { cause: error });
        backend.isReady = false;
      }
    }
    throw new Error(`${method} ${path}: no backend is ready`);
  }

  #readyBackends(): Backend[] {
    const ready = this.#backends.filter(({ isReady }) => isReady);
    this.#next++;
    return ready.map((_, index) => ready[(index + this.#next) % ready.length]).filter((each) => each !== undefined);
  }

  async #sendTo(backend: Backend, method: string, path: string, body?: object): Promise<BalancedResponse> {
    const response = await sendRequest(backend.url + path, { method, body, agent: backend.agent });
    backend.served++;
    if (response.reusedConnection) this.reusedConnections++;
    return { status: response.status, body: response.text };
  }
}
