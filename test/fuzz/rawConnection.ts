import { connect, type Socket } from "node:net";
import type { CheckedResponse } from "../api/conformanceClient.js";
import type { RawRequest } from "./draft.js";

/** A response with its raw head and its duration. */
export interface RawResponse extends CheckedResponse<unknown> {
  head: string;
  /** Milliseconds from the first byte of the request to the last one of the response. */
  durationMs: number;
}

/** The outcome of a request. */
export type RawOutcome =
  | { kind: "answer"; answer: RawResponse }
  /** The connection was closed before the end of a response. */
  | { kind: "closed"; received: string }
  /** No complete response arrived in time. */
  | { kind: "silence"; received: string };

const HEAD_END = "\r\n\r\n";
/** Event streams that stay open, so that the service writes to them. */
const MAX_OPEN_STREAMS = 8;

/** A client that sends raw bytes. It reuses its connection for valid framings. */
export class RawConnection {
  readonly #port: number;
  readonly #timeoutMs: number;
  readonly #streams: Socket[] = [];
  #socket: Socket | undefined;

  /** @param timeoutMs milliseconds to wait for a response */
  constructor(port: number, timeoutMs: number) {
    this.#port = port;
    this.#timeoutMs = timeoutMs;
  }

  async send(message: RawRequest): Promise<RawOutcome> {
    const socket = message.isRegular ? this.#reusableSocket() : this.#openSocket();
    const outcome = await sendAndReceive(socket, message, this.#timeoutMs);
    const isStream = outcome.kind === "answer" && isEventStream(outcome.answer);
    const isKeptAlive = outcome.kind === "answer" && outcome.answer.headers["connection"] !== "close";
    if (isStream) this.#leaveOpen(socket);
    else if (!message.isRegular || !isKeptAlive) socket.destroy();
    if (isStream && socket === this.#socket) this.#socket = undefined;
    return outcome;
  }

  close(): void {
    this.#socket?.destroy();
    for (const stream of this.#streams) stream.destroy();
  }

  #reusableSocket(): Socket {
    if (this.#socket === undefined || this.#socket.destroyed || !this.#socket.writable)
      this.#socket = this.#openSocket();
    return this.#socket;
  }

  #openSocket(): Socket {
    // The service may close the connection while the client sends. The outcome shows that as `closed`.
    return connect({ port: this.#port, host: "127.0.0.1", noDelay: true }).on("error", () => undefined);
  }

  #leaveOpen(stream: Socket): void {
    stream.resume();
    this.#streams.push(stream);
    if (this.#streams.length > MAX_OPEN_STREAMS) this.#streams.shift()?.destroy();
  }
}

const isEventStream = ({ headers }: RawResponse): boolean => headers["content-type"] === "text/event-stream";

function sendAndReceive(
  socket: Socket,
  { bytes, method, isWhole }: RawRequest,
  timeoutMs: number,
): Promise<RawOutcome> {
  const began = performance.now();
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const received = () => Buffer.concat(chunks).toString("latin1");
    const settle = (outcome: RawOutcome) => {
      clearTimeout(waiting);
      socket.off("data", take).off("close", closed).off("end", closed);
      resolve(outcome);
    };
    const waiting = setTimeout(() => settle({ kind: "silence", received: received() }), timeoutMs);
    const take = (chunk: Buffer) => {
      chunks.push(chunk);
      const answer = parseResponse(received(), method, false);
      if (answer !== undefined)
        settle({ kind: "answer", answer: { ...answer, durationMs: performance.now() - began } });
    };
    const closed = () => {
      const answer = parseResponse(received(), method, true);
      if (answer === undefined) settle({ kind: "closed", received: received() });
      else settle({ kind: "answer", answer: { ...answer, durationMs: performance.now() - began } });
    };
    socket.on("data", take).once("close", closed).once("end", closed);
    if (isWhole) socket.write(bytes);
    else socket.end(bytes);
  });
}

/** Parses a response; undefined while it is incomplete. */
function parseResponse(
  received: string,
  method: string,
  isClosed: boolean,
): Omit<RawResponse, "durationMs"> | undefined {
  const end = received.indexOf(HEAD_END);
  if (end < 0) return undefined;
  const head = received.slice(0, end);
  const rest = received.slice(end + HEAD_END.length);
  const [first = "", ...lines] = head.split("\r\n");
  const [, status = "0", reason = ""] = /^HTTP\/1\.1 (\d{3}) ?(.*)$/s.exec(first) ?? [];
  if (status.startsWith("1")) return parseResponse(rest, method, isClosed);
  const headers = headersOf(lines);
  const text =
    method === "HEAD" || status === "304" || status === "204" || headers["content-type"] === "text/event-stream"
      ? ""
      : bodyOf(rest, headers, isClosed);
  if (text === undefined) return undefined;
  const isJson = headers["content-type"]?.startsWith("application/json") === true && text !== "";
  return { status: Number(status), reason, headers, head, text, body: isJson ? JSON.parse(text) : undefined };
}

/** Parses headers. The service repeats none. */
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
        ? decodeChunks(rest)
        : isClosed
          ? rest
          : undefined;
  return bytes === undefined ? undefined : Buffer.from(bytes, "latin1").toString();
}

function decodeChunks(rest: string): string | undefined {
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
