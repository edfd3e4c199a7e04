import { once } from "node:events";
import { createConnection, type Socket } from "node:net";

/** A consumer of Faktory: one connection that has one command open at a time. */
export class FaktoryClient {
  readonly #socket: Socket;
  #received = "";
  #wake: () => void = () => undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding("utf8").on("data", (text: string) => {
      this.#received += text;
      this.#wake();
    });
  }

  static async connect(port: number, wid: string): Promise<FaktoryClient> {
    const socket = createConnection(port, "127.0.0.1").setNoDelay(true);
    const client = new FaktoryClient(socket);
    await once(socket, "connect");
    await client.#readReply();
    await client.#command(`HELLO ${JSON.stringify({ hostname: "bench", wid, pid: process.pid, labels: [], v: 2 })}`);
    return client;
  }

  /** Adds jobs to a queue. */
  async push(queue: string, jids: readonly string[]): Promise<void> {
    await this.#command(`PUSHB ${JSON.stringify(jids.map((jid) => ({ jid, jobtype: "bench", args: [], queue })))}`);
  }

  /** Reserves a job. @throws Error if there is none within two seconds */
  async fetch(queue: string): Promise<string> {
    const job = await this.#command(`FETCH ${queue}`);
    if (job === null) throw new Error("Faktory has no job");
    return (JSON.parse(job) as { jid: string }).jid;
  }

  /** Completes a job. */
  async ack(jid: string): Promise<void> {
    await this.#command(`ACK ${JSON.stringify({ jid })}`);
  }

  close(): void {
    this.#socket.destroy();
  }

  #command(line: string): Promise<string | null> {
    this.#socket.write(`${line}\r\n`);
    return this.#readReply();
  }

  /** Reads a status or a bulk string. @throws Error for an error reply */
  async #readReply(): Promise<string | null> {
    const head = await this.#take(() => {
      const end = this.#received.indexOf("\r\n");
      return end === -1 ? undefined : end + 2;
    });
    if (head.startsWith("+")) return head.slice(1, -2);
    if (!head.startsWith("$")) throw new Error(`Faktory: ${head.trim()}`);
    const length = Number(head.slice(1, -2));
    if (length < 0) return null;
    // The jobs of the benchmark are ASCII, so characters are bytes.
    return (await this.#take(() => (this.#received.length < length + 2 ? undefined : length + 2))).slice(0, -2);
  }

  /** Waits for a number of received characters and removes them. @param find returns undefined while they are incomplete */
  async #take(find: () => number | undefined): Promise<string> {
    for (;;) {
      const end = find();
      if (end !== undefined) {
        const text = this.#received.slice(0, end);
        this.#received = this.#received.slice(end);
        return text;
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
