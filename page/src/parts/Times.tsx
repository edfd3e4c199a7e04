import { formatDuration } from "../../../client/src/format.js";
import { nowSeconds } from "../live/nowSeconds.ts";
import { formatDateTime, formatExactTime, toIsoTime } from "./format.ts";

/** The age of a time in epoch seconds: `3 min 20 s ago` */
export function RelativeTime({ at }: { at: number }) {
  const ageSeconds = nowSeconds.value - at;
  return (
    <time dateTime={toIsoTime(at)} title={formatExactTime(at)}>
      {ageSeconds < 5 ? "just now" : `${formatDuration(ageSeconds)} ago`}
    </time>
  );
}

/** A time in epoch seconds. */
export function Timestamp({ at }: { at: number }) {
  return (
    <time dateTime={toIsoTime(at)} title={formatExactTime(at)}>
      {formatDateTime(at)}
    </time>
  );
}
