// Preloaded into a process of the service: SIGUSR2 moves the date of the machine 30 days ahead, and the next one back.
const RealDate = Date;
const THIRTY_DAYS_MS = 30 * 86_400_000;
let aheadMs = 0;

globalThis.Date = class extends RealDate {
  constructor(...given) {
    if (given.length === 0) super(RealDate.now() + aheadMs);
    else super(...given);
  }

  static now() {
    return RealDate.now() + aheadMs;
  }
};
process.on("SIGUSR2", () => {
  aheadMs = aheadMs === 0 ? THIRTY_DAYS_MS : 0;
  process.stderr.write(`date ahead by ${aheadMs} ms\n`);
});
