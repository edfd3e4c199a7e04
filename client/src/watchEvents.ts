import { createParser } from "eventsource-parser";
import { networkFailureReason, Unreachable } from "./clientErrors.js";
import { abortableDelay, type RetryOptions, type SendRequest } from "./retryRequests.js";
import type { components } from "./schema.js";
import { apiErrorFrom } from "./unwrapResponse.js";

type Schemas = components["schemas"];

/** What each kind of event tells. Times are epoch seconds. */
export interface EventData {
  /** An attempt to change a taskforce's phase was logged. */
  phase: Schemas["PhaseEvent"];
  /** The workflow's summary was brought up to date: read it for all that it says. */
  summary: Schemas["SummaryEvent"];
  /** The workflow was aborted or finished. */
  deactivated: Schemas["DeactivatedEvent"];
  /** A workflow was created; where all are watched. */
  created: Schemas["CreatedEvent"];
  /** Events are missing here: read anew what you know, then go on with what follows. */
  gap: Schemas["GapEvent"];
}

/** An event. Its id is what a later watch can resume after. */
export type WatchEvent = {
  [Name in keyof EventData]: { id: string; event: Name; data: EventData[Name] };
}[keyof EventData];

/** How to watch. */
export interface WatchOptions {
  /** Ends the watch: the iterator raises the signal's reason. */
  signal?: AbortSignal | undefined;
  /** Resumes after the event with this id; undefined: begins with what happens from now on. */
  lastEventId?: string | undefined;
  /** The stream is open: what happens from now on will be told. Called again after each break. */
  onOpen?: (() => void) | undefined;
  /** Told when the stream broke. @param wait seconds until the client connects again */
  onBreak?: ((reason: string, wait: number) => void) | undefined;
}

/** Seconds without a byte after which a stream is dead: three heartbeats. */
const HEARTBEAT_TIMEOUT_SECONDS = 45;
/** Seconds between a break and the next attempt, until the service says something else. */
const DEFAULT_RECONNECT_SECONDS = 1;
/** The wait doubles while nobody answers, up to so many seconds. */
const MAX_RECONNECT_SECONDS = 15;

/**
 * Events as they happen. A stream that breaks is opened again, on whichever process answers, and goes on where it ended.
 *
 * @param patience how long the first stream may take to open; one that was open once is waited for without end
 * @throws Refusal 404 for a workflow that is unknown, and where the service has no such route; Unreachable
 */
export async function* watchEvents(
  send: SendRequest,
  url: string,
  { signal, lastEventId, onOpen, onBreak }: WatchOptions = {},
  patience: RetryOptions = {},
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
      if (!(error instanceof TypeError)) throw error;
      reason = networkFailureReason(error);
    }
    signal?.throwIfAborted();
    const delaySeconds = Math.min(reconnectSeconds * 2 ** attempt, MAX_RECONNECT_SECONDS) * (0.5 + Math.random() / 2);
    if (!wasOpen && Date.now() + delaySeconds * 1000 > startedMs + (patience.maxSeconds ?? 60) * 1000)
      throw new Unreachable(new URL(url).origin, reason);
    onBreak?.(reason, delaySeconds);
    await abortableDelay(delaySeconds, signal);
  }
}

/** @returns the body, or why there is none for now */
async function openStream(
  send: SendRequest,
  url: string,
  lastEventId: string | undefined,
  signal: AbortSignal | undefined,
): Promise<ReadableStream<Uint8Array> | string> {
  const headers = { accept: "text/event-stream", ...(lastEventId && { "last-event-id": lastEventId }) };
  const response = await send(new Request(url, { headers, signal: signal ?? null }));
  if (response.status === 503 || response.status === 429) {
    await response.body?.cancel();
    return `${response.status} ${response.statusText}`;
  }
  if (!response.ok) throw apiErrorFrom(response, await response.json().catch(() => undefined));
  if (response.body === null || !response.headers.get("content-type")?.startsWith("text/event-stream"))
    throw new Unreachable(new URL(url).origin, "what answers there sends no events");
  return response.body;
}

/**
 * Raises a TypeError, as `fetch` does, when the stream breaks or falls silent.
 *
 * @param told.onId gets ids to resume after that come without an event, as they do with heartbeats
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
  // The request's own signal can't be relied on for so long: what ties it to this one may be garbage-collected.
  const end = () => void reader.cancel().catch(() => undefined);
  signal?.addEventListener("abort", end);
  // For the same reason it may have been aborted while the stream was opened.
  if (signal?.aborted) end();
  const decoder = new TextDecoder();
  let text = "";
  try {
    for (;;) {
      const { done, value } = await withHeartbeatTimeout(reader.read());
      if (done) return;
      text += decoder.decode(value, { stream: true });
      // The parser keeps ids without an event to itself. That of an event must not count before the event is here.
      const length = text.lastIndexOf("\n\n") + 2;
      if (length < 2) continue;
      const whole = text.slice(0, length);
      text = text.slice(length);
      parser.feed(whole);
      yield* events.splice(0);
      const id = [...whole.matchAll(/^id: ?(.+)$/gm)].at(-1)?.[1];
      if (id !== undefined) onId(id);
    }
  } finally {
    signal?.removeEventListener("abort", end);
    end();
  }
}

async function withHeartbeatTimeout<T>(read: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new TypeError(`not a word for ${HEARTBEAT_TIMEOUT_SECONDS} s`)),
      HEARTBEAT_TIMEOUT_SECONDS * 1000,
    );
  });
  try {
    return await Promise.race([read, silence]);
  } finally {
    clearTimeout(timer);
  }
}
