import { connect, type Socket } from "node:net";
import type { Answer } from "../api/conformanceClient.js";
import type { Message } from "./draft.js";

/** An answer with its head as it came, and how long it took. */
export interface RawAnswer extends Answer<unknown> {
  head: string;
  /** From the first byte of the request to the last of the answer. */
  milliseconds: number;
}

/** What came of a request. */
export type Outcome =
  | { kind: "answer"; answer: RawAnswer }
  /** The connection was closed without an answer, or within one. */
  | { kind: "closed"; received: string }
  /** Nothing, or not all, came in time. */
  | { kind: "silence"; received: string };

const HEAD_END = "\r\n\r\n";
/** Streams of events that are left open at a time, so that the service writes to some. */
const OPEN_STREAMS = 8;

/** A client that sends bytes as they are over one connection, or one after another. */
export class Line {
  readonly #port: number;
  readonly #patience: number;
  readonly #streams: Socket[] = [];
  #socket: Socket | undefined;

  /** @param patience milliseconds in which an answer must have come */
  constructor(port: number, patience: number) {
    this.#port = port;
    this.#patience = patience;
  }

  async send(message: Message): Promise<Outcome> {
    const socket = message.isRegular ? this.#kept() : this.#opened();
    const outcome = await exchange(socket, message, this.#patience);
    const isStream = outcome.kind === "answer" && isEventStream(outcome.answer);
    const goesOn = outcome.kind === "answer" && outcome.answer.headers["connection"] !== "close";
    if (isStream) this.#leaveOpen(socket);
    else if (!message.isRegular || !goesOn) socket.destroy();
    if (isStream && socket === this.#socket) this.#socket = undefined;
    return outcome;
  }

  close(): void {
    this.#socket?.destroy();
    for (const stream of this.#streams) stream.destroy();
  }

  #kept(): Socket {
    if (this.#socket === undefined || this.#socket.destroyed || !this.#socket.writable)
      this.#socket = this.#opened();
    return this.#socket;
  }

  #opened(): Socket {
    // What was closed by the service while it was being sent to is no failure of the client.
    return connect({ port: this.#port, host: "127.0.0.1", noDelay: true }).on("error", () => undefined);
  }

  #leaveOpen(stream: Socket): void {
    stream.resume();
    this.#streams.push(stream);
    if (this.#streams.length > OPEN_STREAMS) this.#streams.shift()?.destroy();
  }
}

const isEventStream = ({ headers }: RawAnswer): boolean => headers["content-type"] === "text/event-stream";

function exchange(socket: Socket, { bytes, method, isWhole }: Message, patience: number): Promise<Outcome> {
  const began = performance.now();
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const received = () => Buffer.concat(chunks).toString("latin1");
    const settle = (outcome: Outcome) => {
      clearTimeout(waiting);
      socket.off("data", take).off("close", closed).off("end", closed);
      resolve(outcome);
    };
    const waiting = setTimeout(() => settle({ kind: "silence", received: received() }), patience);
    const take = (chunk: Buffer) => {
      chunks.push(chunk);
      const answer = parsed(received(), method, false);
      if (answer !== undefined)
        settle({ kind: "answer", answer: { ...answer, milliseconds: performance.now() - began } });
    };
    const closed = () => {
      const answer = parsed(received(), method, true);
      if (answer === undefined) settle({ kind: "closed", received: received() });
      else settle({ kind: "answer", answer: { ...answer, milliseconds: performance.now() - began } });
    };
    socket.on("data", take).once("close", closed).once("end", closed);
    if (isWhole) socket.write(bytes);
    else socket.end(bytes);
  });
}

/** The answer in what was received; undefined as long as it is not whole. */
function parsed(
  received: string,
  method: string,
  isClosed: boolean,
): Omit<RawAnswer, "milliseconds"> | undefined {
  const end = received.indexOf(HEAD_END);
  if (end < 0) return undefined;
  const head = received.slice(0, end);
  const rest = received.slice(end + HEAD_END.length);
  const [first = "", ...lines] = head.split("\r\n");
  const [, status = "0", reason = ""] = /^HTTP\/1\.1 (\d{3}) ?(.*)$/s.exec(first) ?? [];
  if (status.startsWith("1")) return parsed(rest, method, isClosed);
  const headers = headersOf(lines);
  const text =
    method === "HEAD" ||
    status === "304" ||
    status === "204" ||
    headers["content-type"] === "text/event-stream"
      ? ""
      : bodyOf(rest, headers, isClosed);
  if (text === undefined) return undefined;
  const isJson = headers["content-type"]?.startsWith("application/json") === true && text !== "";
  return { status: Number(status), reason, headers, head, text, body: isJson ? JSON.parse(text) : undefined };
}

/** Repeated headers are none that this service sends. */
const headersOf = (lines: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );

function bodyOf(rest: string, headers: Record<string, string>, isClosed: boolean): string | undefined {
  const length = headers["content-length"];
  const bytes =
    length !== undefined
      ? rest.length >= Number(length)
        ? rest.slice(0, Number(length))
        : undefined
      : headers["transfer-encoding"] === "chunked"
        ? unchunked(rest)
        : isClosed
          ? rest
          : undefined;
  return bytes === undefined ? undefined : Buffer.from(bytes, "latin1").toString();
}

function unchunked(rest: string): string | undefined {
  let body = "";
  for (let at = 0; ; ) {
    const [line, size = ""] = /^([0-9a-f]+)\r\n/i.exec(rest.slice(at, at + 20)) ?? [];
    if (line === undefined) return undefined;
    const from = at + line.length;
    const length = Number.parseInt(size, 16);
    if (rest.length < from + length + 2) return undefined;
    if (length === 0) return body;
    body += rest.slice(from, from + length);
    at = from + length + 2;
  }
}
