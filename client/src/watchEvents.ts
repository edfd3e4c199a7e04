import { createParser } from "eventsource-parser";
import { isNetworkFailure, networkFailureReason, Unreachable } from "./clientErrors.js";
import {
  abortableDelay,
  backoffSeconds,
  DEFAULT_RETRY_SECONDS,
  type RetryOptions,
  type SendRequest,
} from "./retryRequests.js";
import type { components } from "./schema.js";
import { apiErrorFrom } from "./unwrapResponse.js";

type Schemas = components["schemas"];

/** The data of each kind of event. Times are epoch seconds. */
export interface EventData {
  /** An attempt to change a taskforce's phase was logged. */
  phase: Schemas["PhaseEvent"];
  /** The workflow's summary changed; the event has its most important fields. */
  summary: Schemas["SummaryEvent"];
  /** The workflow was aborted or finished. */
  deactivated: Schemas["DeactivatedEvent"];
  /** A workflow was created; only in the stream of all workflows. */
  created: Schemas["CreatedEvent"];
  /** Events were lost: read the state again, then continue with the events that follow. */
  gap: Schemas["GapEvent"];
}

/** An event. A later watch can resume after its id. */
export type WatchEvent = {
  [Name in keyof EventData]: { id: string; event: Name; data: EventData[Name] };
}[keyof EventData];

/** Options of a watch. */
export interface WatchOptions {
  /** Ends the watch: the iterator throws the abort reason. */
  signal?: AbortSignal | undefined;
  /** Resumes after the event with this id; undefined: begins with the next event. */
  lastEventId?: string | undefined;
  /** Called when the stream is open, also after each reconnect. The stream contains every event from now on. */
  onOpen?: (() => void) | undefined;
  /** Called when the stream broke. @param delaySeconds until the client connects again */
  onBreak?: ((reason: string, delaySeconds: number) => void) | undefined;
}

/** The client reconnects after this many seconds without a byte: three heartbeats. */
const HEARTBEAT_TIMEOUT_SECONDS = 45;
/** Seconds between a break and the next attempt, unless the service sends another value. */
const DEFAULT_RECONNECT_SECONDS = 1;
const MAX_RECONNECT_SECONDS = 15;

/**
 * Streams events. After a break it connects again and resumes after the last event.
 *
 * @param retry limits the time until the stream opens first; reconnects have no limit
 * @throws ApiError 404 for an unknown workflow or a service without this route; Unreachable
 */
export async function* watchEvents(
  send: SendRequest,
  url: string,
  { signal, lastEventId, onOpen, onBreak }: WatchOptions = {},
  { maxSeconds = DEFAULT_RETRY_SECONDS }: RetryOptions = {},
): AsyncGenerator<WatchEvent, void, undefined> {
  const startedMs = Date.now();
  let resumeAfter = lastEventId;
  let reconnectSeconds = DEFAULT_RECONNECT_SECONDS;
  let wasOpen = false;
  for (let attempt = 0; ; attempt++) {
    let reason = "the stream ended";
    try {
      const opened = await openStream(send, url, resumeAfter, signal);
      if (typeof opened === "string") reason = opened;
      else {
        onOpen?.();
        wasOpen = true;
        attempt = 0;
        const parserCallbacks = {
          onRetry(milliseconds: number) {
            reconnectSeconds = milliseconds / 1000;
          },
          onId(id: string) {
            resumeAfter = id;
          },
        };
        for await (const event of parseEvents(opened, parserCallbacks, signal)) {
          resumeAfter = event.id;
          yield event;
        }
      }
    } catch (error) {
      signal?.throwIfAborted();
      if (!isNetworkFailure(error)) throw error;
      reason = networkFailureReason(error);
    }
    signal?.throwIfAborted();
    const delaySeconds = backoffSeconds(attempt, reconnectSeconds, MAX_RECONNECT_SECONDS);
    if (!wasOpen && Date.now() + delaySeconds * 1000 > startedMs + maxSeconds * 1000)
      throw new Unreachable(new URL(url).origin, reason);
    onBreak?.(reason, delaySeconds);
    await abortableDelay(delaySeconds, signal);
  }
}

/** @returns the body, or the reason why the stream is unavailable for now */
async function openStream(
  send: SendRequest,
  url: string,
  lastEventId: string | undefined,
  signal: AbortSignal | undefined,
): Promise<ReadableStream<Uint8Array> | string> {
  const headers = { accept: "text/event-stream", ...(lastEventId && { "last-event-id": lastEventId }) };
  const response = await send(new Request(url, { headers, signal: signal ?? null }), { signal: signal ?? null });
  if (response.status === 503 || response.status === 429) {
    await response.body?.cancel();
    return `${response.status} ${response.statusText}`;
  }
  if (!response.ok) throw apiErrorFrom(response, await response.json().catch(() => undefined));
  if (response.body === null || !response.headers.get("content-type")?.startsWith("text/event-stream"))
    throw new Unreachable(new URL(url).origin, "the server there sends no events");
  return response.body;
}

/**
 * Parses the events of a stream.
 *
 * @param callbacks.onId receives ids without an event, as in heartbeats, to resume after
 * @throws TypeError, as `fetch` does, when the stream breaks or no heartbeat arrives
 */
async function* parseEvents(
  body: ReadableStream<Uint8Array>,
  { onRetry, onId }: { onRetry(milliseconds: number): void; onId(id: string): void },
  signal: AbortSignal | undefined,
): AsyncGenerator<WatchEvent, void, undefined> {
  const events: WatchEvent[] = [];
  const parser = createParser({
    onEvent: ({ id = "", event, data }) => {
      if (event !== undefined) events.push({ id, event, data: JSON.parse(data) } as WatchEvent);
    },
    onRetry,
  });
  const reader = body.getReader();
  // The request's signal does not suffice: its link to this signal may be garbage-collected during a long stream.
  const cancelReader = () => void reader.cancel().catch(() => undefined);
  signal?.addEventListener("abort", cancelReader);
  // For the same reason an abort may have been missed while the stream was opening.
  if (signal?.aborted) cancelReader();
  const decoder = new TextDecoder();
  let text = "";
  try {
    for (;;) {
      const { done, value } = await withHeartbeatTimeout(reader.read());
      if (done) return;
      text += decoder.decode(value, { stream: true });
      // The parser does not report ids without an event. The id of an incomplete event must not count yet.
      const length = text.lastIndexOf("\n\n") + 2;
      if (length < 2) continue;
      const complete = text.slice(0, length);
      text = text.slice(length);
      parser.feed(complete);
      yield* events.splice(0);
      const id = [...complete.matchAll(/^id: ?(.+)$/gm)].at(-1)?.[1];
      if (id !== undefined) onId(id);
    }
  } finally {
    signal?.removeEventListener("abort", cancelReader);
    cancelReader();
  }
}

async function withHeartbeatTimeout<T>(read: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new TypeError(`no heartbeat for ${HEARTBEAT_TIMEOUT_SECONDS} s`)),
      HEARTBEAT_TIMEOUT_SECONDS * 1000,
    );
  });
  try {
    return await Promise.race([read, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
