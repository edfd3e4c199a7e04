import { once } from "node:events";
import { Agent, get, type IncomingMessage } from "node:http";
import { onTestFinished } from "vitest";
import { waitForValue } from "../../setup/waitFor.js";

/** A received event. */
export interface ReceivedEvent {
  event: string;
  id: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests read what they expect
  data: any;
}

/** Options of a watch. */
export interface SubscribeOptions {
  lastId?: string | undefined;
  token?: string | undefined;
  cookie?: string | undefined;
  /** Stops reading until its resume function is called. */
  isPaused?: boolean;
}

/** A client of server-sent events that records all events. */
export class EventClient {
  readonly response: IncomingMessage;
  readonly events: ReceivedEvent[] = [];
  /** The id from which it would resume. */
  lastId = "";
  retry: number | undefined;
  heartbeats = 0;
  /** Whether the stream ended without an error; undefined while it is open. */
  ended: "in order" | "broken off" | undefined;
  #text = "";

  private constructor(response: IncomingMessage, isSlow: boolean) {
    this.response = response;
    response.setEncoding("utf8");
    response.on("error", () => undefined);
    response.on("close", () => {
      this.ended = response.complete ? "in order" : "broken off";
    });
    if (!isSlow) this.startReading();
  }

  /** Starts a watch, and waits for the head of the response. The watch is closed at the end of the test. */
  static async open(
    url: string,
    { lastId, token, cookie, isPaused = false }: SubscribeOptions = {},
  ): Promise<EventClient> {
    const headers = {
      ...(lastId !== undefined && { "last-event-id": lastId }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(cookie !== undefined && { cookie }),
    };
    const agent = new Agent({ keepAlive: true });
    const request = get(url, { agent, headers });
    const [response] = (await once(request, "response")) as [IncomingMessage];
    const client = new EventClient(response, isPaused);
    onTestFinished(() => {
      client.close();
      agent.destroy();
    });
    return client;
  }

  startReading(): void {
    this.response.on("data", (text: string) => this.#receive(text));
  }

  close(): void {
    this.response.destroy();
  }

  #receive(text: string): void {
    const blocks = (this.#text + text).split("\n\n");
    this.#text = blocks.pop() ?? "";
    for (const block of blocks) this.#receiveBlock(block.split("\n"));
  }

  #receiveBlock(lines: string[]): void {
    const fields = new Map<string, string>();
    for (const line of lines) {
      const [, name = "", value = ""] = /^([^:]*):? ?(.*)$/.exec(line) ?? [];
      fields.set(name, value);
    }
    if (fields.get("") === "heartbeat") this.heartbeats++;
    this.lastId = fields.get("id") ?? this.lastId;
    const retry = fields.get("retry");
    if (retry !== undefined) this.retry = Number(retry);
    const data = fields.get("data");
    if (data === undefined) return;
    this.events.push({ event: fields.get("event") ?? "message", id: this.lastId, data: JSON.parse(data) });
  }

  /** Waits until the received events fulfil a condition. */
  async waitUntil(what: string, holds: (client: EventClient) => boolean): Promise<void> {
    await waitForValue(
      `${what} (got ${JSON.stringify(this.events.slice(-3))})`,
      async () => holds(this),
      (value) => value,
    );
  }

  /** Waits for the first event that matches. */
  async waitForEvent(event: string, data: object = {}): Promise<ReceivedEvent> {
    const isIt = (one: ReceivedEvent) =>
      one.event === event && Object.entries(data).every(([key, value]) => one.data[key] === value);
    await this.waitUntil(`${event} ${JSON.stringify(data)}`, ({ events }) => events.some(isIt));
    return this.events.find(isIt) as ReceivedEvent;
  }
}

/** A short form of phase events: `pre-launch > pending-starter`, with `no ` before a failed attempt. */
export const phaseSteps = (events: readonly ReceivedEvent[]): string[] =>
  events.flatMap(({ event, data }) =>
    event === "phase" ? [`${data.was_successful ? "" : "no "}${data.from} > ${data.phase}`] : [],
  );
