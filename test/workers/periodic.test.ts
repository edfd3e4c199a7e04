import { EventEmitter } from "node:events";
import { setImmediate, setTimeout as wait } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { startPeriodic } from "../../src/workers/periodic.js";
import { recordingLog } from "../setup/recordingLog.js";
import { waitForValue } from "../setup/waitFor.js";

/** The outcome of a run. */
interface ManualRun {
  succeed: () => void;
  fail: () => void;
}

/** Work whose runs end on demand of the test. */
function startManualWork(intervalMs = 1) {
  const { log, lines } = recordingLog();
  const runs: ManualRun[] = [];
  const runOnce = () =>
    new Promise<void>((resolve, reject) => {
      runs.push({ succeed: resolve, fail: () => reject(new Error("Redis is unreachable")) });
    });
  const periodic = startPeriodic({ name: "reclaim", intervalMs, runOnce }, { events: new EventEmitter(), log });
  const run = async (n: number): Promise<ManualRun> => {
    const begun = () => Promise.resolve(runs[n - 1]);
    return waitForValue(`run ${n} begins`, begun, (found): found is ManualRun => found !== undefined);
  };
  return { periodic, runs, run, lines };
}

/** Waits until work with this interval would have started again. */
async function waitForThreeIntervals(intervalMs = 1): Promise<void> {
  const other = startManualWork(intervalMs);
  for (let n = 1; n <= 3; n++) (await other.run(n)).succeed();
  await other.periodic.close();
}

test("the first run starts at once, and each further one after the end of the previous one", async () => {
  const { log } = recordingLog();
  let running = 0;
  let atOnce = 0;
  let ended = 0;
  const runOnce = async () => {
    atOnce = Math.max(atOnce, ++running);
    // Longer than the interval.
    await wait(5);
    running--;
    ended++;
  };
  const periodic = startPeriodic({ name: "reclaim", intervalMs: 1, runOnce }, { events: new EventEmitter(), log });
  onTestFinished(() => periodic.close());

  expect(running).toBe(1);
  await waitForValue(
    "five runs",
    async () => ended,
    (count) => count >= 5,
  );
  expect(atOnce).toBe(1);
});

test("further runs follow a failed one, and failures are logged once until a run succeeds", async () => {
  const { periodic, run, lines } = startManualWork();
  const ends = ["fail", "fail", "succeed", "fail", "fail"] as const;
  for (const [index, end] of ends.entries()) (await run(index + 1))[end]();
  const last = await run(6);
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { work: "reclaim", level: 40, err: { message: "Redis is unreachable" } },
    { work: "reclaim", level: 40 },
  ]);
  last.succeed();
  await periodic.close();
});

test.each(["succeed", "fail"] as const)("closing waits for the active run to %s, and none follows", async (end) => {
  const { periodic, runs, run, lines } = startManualWork();
  (await run(1)).succeed();
  const second = await run(2);
  let closed = false;
  const closing = periodic.close().then(() => {
    closed = true;
  });
  await waitForThreeIntervals();
  expect(closed).toBe(false);

  second[end]();

  await closing;
  await waitForThreeIntervals();
  expect(runs).toHaveLength(2);
  // A failure during the close is not logged.
  expect(lines).toEqual([]);
});

test("closing between two runs does not wait, and none follows", async () => {
  let runs = 0;
  const runOnce = async () => void runs++;
  const { log } = recordingLog();
  const work = { name: "reclaim", intervalMs: 50, runOnce };
  const periodic = startPeriodic(work, { events: new EventEmitter(), log });
  // Then the first run has ended, and the timer of the second one is active.
  await setImmediate();
  await periodic.close();
  const atClose = runs;
  await waitForThreeIntervals(50);
  expect(runs).toBe(atClose);
});

test.each(["succeed", "fail"] as const)("the first run can be awaited when it will %s", async (end) => {
  const { periodic, run } = startManualWork();
  let outcome: string | undefined;
  const awaited = periodic.firstRun.then(
    () => (outcome = "succeed"),
    (error: Error) => {
      expect(error.message).toBe("Redis is unreachable");
      outcome = "fail";
    },
  );
  const first = await run(1);
  expect(outcome).toBeUndefined();
  first[end]();
  await awaited;
  expect(outcome).toBe(end);
  // Later runs follow in both cases.
  (await run(2)).succeed();
  await periodic.close();
});
