import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { waitForValue } from "../setup/waitFor.js";

/** The body of a call. */
export interface ReceivedBody {
  event: string;
  webhook_id: string;
  delivery_id: string;
  timestamp: number;
  workflow: { workflow_id: string; name: string | null; labels: Record<string, string>; owner: string | null } | null;
  sentence: string | null;
  dead_letters?: { taskforce_uuid: string; schedd: string; error: string | null }[];
}

/** A call that a receiver got. */
export interface ReceivedCall {
  path: string;
  headers: IncomingHttpHeaders;
  text: string;
  body: ReceivedBody;
}

/** Answers a call. */
type Answer = (response: ServerResponse) => void;

/** A status without a body. */
export const status =
  (code: number, headers: Record<string, string> = {}): Answer =>
  (response) =>
    response.writeHead(code, headers).end();

/** An HTTP server that receives calls of webhooks. */
export class Receiver {
  readonly calls: ReceivedCall[] = [];
  readonly #server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    this.calls.push({
      path: request.url ?? "",
      headers: request.headers,
      text,
      body: JSON.parse(text) as ReceivedBody,
    });
    (this.#answers.shift() ?? status(204))(response);
  });
  readonly #answers: Answer[];

  constructor(answers: Answer[]) {
    this.#answers = answers;
  }

  /** Starts a receiver. @param answers of the first calls; later ones get a 204 */
  static async start(...answers: Answer[]): Promise<Receiver> {
    const receiver = new Receiver(answers);
    receiver.#server.listen(0, "127.0.0.1");
    await once(receiver.#server, "listening");
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/hook`;
  }

  /** Waits for a number of calls. */
  async waitForCalls(count: number): Promise<ReceivedCall[]> {
    return waitForValue(
      `${count} calls`,
      () => this.calls,
      (calls) => calls.length >= count,
    );
  }

  async stop(): Promise<void> {
    if (!this.#server.listening) return;
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }
}
