import type { StreamEvents } from "../api/apiTypes.ts";
import { connection, noteHeard } from "./connection.ts";

/** What is done with a stream. */
export interface Follower {
  /** The state is to be read anew: at the start, after a gap, and again and again while there is no stream. */
  read(): void;
  /** The stream begins, or goes on after a gap: what only its events keep up to date may have missed some. */
  missed?(): void;
  on: { [Name in keyof StreamEvents]?: (data: StreamEvents[Name]) => void };
}

/** Milliseconds between two reads while there is no stream. */
const ASK_AGAIN = 3000;
/** Milliseconds before a stream that was refused is asked for again. */
const OPEN_AGAIN = 5000;

/**
 * Follows a stream of events for as long as somebody looks: a page in the background lets go of it.
 *
 * @param path of the stream; undefined: there is none, and reading now and then has to do
 * @returns ends it
 */
export function follow(path: string | undefined, { read, missed, on }: Follower): () => void {
  let source: EventSource | undefined;
  let opening: number | undefined;
  let asking: number | undefined;

  const ask = () => {
    asking ??= window.setInterval(read, ASK_AGAIN);
  };
  const resume = () => {
    read();
    missed?.();
  };
  const lost = () => {
    if (connection.value === "live") connection.value = "asking";
    ask();
    // One that was refused, or is none, does not come back by itself as a broken one does.
    if (source?.readyState === EventSource.CLOSED) opening = window.setTimeout(open, OPEN_AGAIN);
  };
  const open = () => {
    source?.close();
    if (path === undefined) return ask();
    source = new EventSource(path);
    source.onopen = () => {
      clearInterval(asking);
      asking = undefined;
      noteHeard();
      connection.value = "live";
      resume();
    };
    source.onerror = lost;
    source.addEventListener("gap", resume);
    for (const [name, handle] of Object.entries(on))
      source.addEventListener(name, ({ data }) => {
        noteHeard();
        (handle as (data: unknown) => void)(JSON.parse(data as string));
      });
  };
  const close = () => {
    source?.close();
    clearTimeout(opening);
    clearInterval(asking);
    asking = undefined;
  };
  const look = () => {
    close();
    if (document.hidden) return;
    read();
    open();
  };

  document.addEventListener("visibilitychange", look);
  look();
  return () => {
    document.removeEventListener("visibilitychange", look);
    close();
    if (connection.value === "live") connection.value = "asking";
  };
}
