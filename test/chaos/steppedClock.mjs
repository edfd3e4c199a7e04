/*
 * Loaded into a process with `--import`: its wall clock is off by as many milliseconds as the file of STEPPED_CLOCK says, from the
 * moment at which it is written. Timers and `performance.now()` go on, as they do when the clock of a machine is set.
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
