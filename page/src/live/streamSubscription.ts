import type { EventData } from "../api/apiTypes.ts";
import { hrefOf } from "../paths/basePath.ts";
import { connectionState, recordResponse } from "./connection.ts";

/** Callbacks of a subscription. */
export interface StreamHandlers {
  /** Loads the state: at the start, after a gap, and every few seconds without a stream. */
  reload(): void;
  /** The stream begins or resumes after a gap. State that only events update may have missed some. */
  onGap?(): void;
  on: { [Name in Exclude<keyof EventData, "gap">]?: (data: EventData[Name]) => void };
}

/** Milliseconds between two loads without a stream. */
const POLL_INTERVAL_MS = 3000;
/** Milliseconds until a rejected stream is opened again. */
const REOPEN_DELAY_MS = 5000;

/**
 * Subscribes to a stream of events while the page is visible; in the background it closes the stream.
 *
 * @param path of the stream within the service; undefined: no stream exists, only polling
 * @returns ends the subscription
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
    if (connectionState.value === "live") connectionState.value = "polling";
    startPolling();
    // The browser reopens a broken stream by itself, but not a rejected one.
    if (source?.readyState === EventSource.CLOSED) reopenTimer = window.setTimeout(open, REOPEN_DELAY_MS);
  };
  const open = () => {
    source?.close();
    if (path === undefined) return startPolling();
    source = new EventSource(hrefOf(path));
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
    if (connectionState.value === "live") connectionState.value = "polling";
  };
}
