import type { StreamEvents } from "../api/apiTypes.ts";
import { connectionState, recordResponse } from "./connection.ts";

/** What is done with a stream. */
export interface StreamHandlers {
  /** The state is to be read anew: at the start, after a gap, and again and again while there is no stream. */
  reload(): void;
  /** The stream begins, or goes on after a gap: what only its events keep up to date may have missed some. */
  onGap?(): void;
  on: { [Name in keyof StreamEvents]?: (data: StreamEvents[Name]) => void };
}

/** Milliseconds between two reads while there is no stream. */
const POLL_INTERVAL_MS = 3000;
/** Milliseconds before a stream that was refused is asked for again. */
const REOPEN_DELAY_MS = 5000;

/**
 * Follows a stream of events for as long as somebody looks: a page in the background lets go of it.
 *
 * @param path of the stream; undefined: there is none, and reading now and then has to do
 * @returns ends it
 */
export function subscribeToStream(path: string | undefined, { reload, onGap, on }: StreamHandlers): () => void {
  let source: EventSource | undefined;
  let reopenTimer: number | undefined;
  let pollTimer: number | undefined;

  const startPolling = () => {
    pollTimer ??= window.setInterval(reload, POLL_INTERVAL_MS);
  };
  const resync = () => {
    reload();
    onGap?.();
  };
  const onError = () => {
    if (connectionState.value === "live") connectionState.value = "asking";
    startPolling();
    // One that was refused, or is none, does not come back by itself as a broken one does.
    if (source?.readyState === EventSource.CLOSED) reopenTimer = window.setTimeout(open, REOPEN_DELAY_MS);
  };
  const open = () => {
    source?.close();
    if (path === undefined) return startPolling();
    source = new EventSource(path);
    source.onopen = () => {
      clearInterval(pollTimer);
      pollTimer = undefined;
      recordResponse();
      connectionState.value = "live";
      resync();
    };
    source.onerror = onError;
    source.addEventListener("gap", resync);
    for (const [name, handle] of Object.entries(on))
      source.addEventListener(name, ({ data }) => {
        recordResponse();
        (handle as (data: unknown) => void)(JSON.parse(data as string));
      });
  };
  const close = () => {
    source?.close();
    clearTimeout(reopenTimer);
    clearInterval(pollTimer);
    pollTimer = undefined;
  };
  const onVisibilityChange = () => {
    close();
    if (document.hidden) return;
    reload();
    open();
  };

  document.addEventListener("visibilitychange", onVisibilityChange);
  onVisibilityChange();
  return () => {
    document.removeEventListener("visibilitychange", onVisibilityChange);
    close();
    if (connectionState.value === "live") connectionState.value = "asking";
  };
}
