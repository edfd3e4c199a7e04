import { clock } from "../live/nowSeconds.ts";
import { Ago } from "../parts/Times.tsx";

/** Seconds without a poll after which a TMS seems to be away. */
const LONG = 120;

/** When a TMS last asked for work, in epoch seconds, and whether that is worrying. @param waiting taskforces that wait for it */
export function LastPoll({ at, waiting }: { at: number | null; waiting: number }) {
  const silent = at === null || clock.value - at > LONG;
  return (
    <p class={silent && waiting > 0 ? "last-poll worrying" : "last-poll"}>
      {silent && waiting > 0 && <span aria-hidden="true">⚠ </span>}
      {at === null ? (
        "No TMS has asked yet"
      ) : (
        <>
          A TMS last asked <Ago at={at} />
        </>
      )}
      {silent && waiting > 0 && ", while taskforces wait for it"}
    </p>
  );
}
