import { nowSeconds } from "../live/nowSeconds.ts";
import { formatDateTime, formatDuration, toIsoTime } from "./format.ts";

/** When something happened, in epoch seconds, and how long ago. */
export function RelativeTime({ at }: { at: number }) {
  const ageSeconds = nowSeconds.value - at;
  return (
    <time dateTime={toIsoTime(at)} title={formatDateTime(at)}>
      {ageSeconds < 5 ? "just now" : `${formatDuration(ageSeconds)} ago`}
    </time>
  );
}

/** When something happened, in epoch seconds. */
export function Timestamp({ at }: { at: number }) {
  return <time dateTime={toIsoTime(at)}>{formatDateTime(at)}</time>;
}
