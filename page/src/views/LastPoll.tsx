import { nowSeconds } from "../live/nowSeconds.ts";
import { RelativeTime } from "../parts/Times.tsx";

/** Seconds without a poll after which a TMS seems to be away. */
const POLL_OVERDUE_SECONDS = 120;

/** When a TMS last asked for work, in epoch seconds, and whether that is worrying. @param waiting taskforces that wait for it */
export function LastPoll({ at, waiting }: { at: number | null; waiting: number }) {
  const isOverdue = at === null || nowSeconds.value - at > POLL_OVERDUE_SECONDS;
  return (
    <p class={isOverdue && waiting > 0 ? "last-poll worrying" : "last-poll"}>
      {isOverdue && waiting > 0 && <span aria-hidden="true">⚠ </span>}
      {at === null ? (
        "No TMS has asked yet"
      ) : (
        <>
          A TMS last asked <RelativeTime at={at} />
        </>
      )}
      {isOverdue && waiting > 0 && ", while taskforces wait for it"}
    </p>
  );
}
