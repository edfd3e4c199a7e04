import { nowSeconds } from "../live/nowSeconds.ts";
import { RelativeTime } from "../parts/Times.tsx";

/** Seconds without a poll from which a TMS counts as unreachable. */
const POLL_OVERDUE_SECONDS = 120;

/** Time of a TMS's last poll in epoch seconds, with a warning. @param waiting number of taskforces that wait for the TMS */
export function LastPoll({ at, waiting }: { at: number | null; waiting: number }) {
  const isOverdue = at === null || nowSeconds.value - at > POLL_OVERDUE_SECONDS;
  return (
    <p class={isOverdue && waiting > 0 ? "last-poll overdue" : "last-poll"}>
      {isOverdue && waiting > 0 && <span aria-hidden="true">⚠ </span>}
      {at === null ? (
        "No TMS has polled yet"
      ) : (
        <>
          Last TMS poll <RelativeTime at={at} />
        </>
      )}
      {isOverdue && waiting > 0 && ", while taskforces are waiting"}
    </p>
  );
}
