import { clock } from "../live/nowSeconds.ts";
import { duration, machineTime, moment } from "./format.ts";

/** When something happened, in epoch seconds, and how long ago. */
export function Ago({ at }: { at: number }) {
  const passed = clock.value - at;
  return (
    <time dateTime={machineTime(at)} title={moment(at)}>
      {passed < 5 ? "just now" : `${duration(passed)} ago`}
    </time>
  );
}

/** When something happened, in epoch seconds. */
export function At({ at }: { at: number }) {
  return <time dateTime={machineTime(at)}>{moment(at)}</time>;
}
