import { InvalidArgumentError } from "commander";
import { epochSecondsOf, TIME_TEXT_RULE } from "../domain/timeText.js";

/** Epoch seconds of an argument. @see epochSecondsOf @throws InvalidArgumentError */
export function parseTime(text: string): number {
  const seconds = epochSecondsOf(text);
  if (seconds === undefined) throw new InvalidArgumentError(TIME_TEXT_RULE);
  return seconds;
}
