/*
 * A preload (`--import`) that shifts the wall clock of a process by the milliseconds in the file STEPPED_CLOCK. A
 * change of the file takes effect at once. Timers and `performance.now()` are unaffected, as with a real clock change.
 */
import { readFileSync, watch } from "node:fs";

const file = process.env.STEPPED_CLOCK;
let step = 0;
const read = () => {
  step = Number(readFileSync(file, "utf8"));
};
read();
watch(file, { persistent: false }, read);

const TrueDate = Date;
globalThis.Date = class SteppedDate extends TrueDate {
  constructor(...parts) {
    if (parts.length === 0) super(TrueDate.now() + step);
    else super(...parts);
  }

  static now() {
    return TrueDate.now() + step;
  }
};
