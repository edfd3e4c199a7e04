import { expect, test } from "vitest";
import { ServiceSteps } from "../../src/app/serviceSteps.js";
import { recordingLog } from "../setup/recordingLog.js";

const never = () => new Promise(() => undefined);

/** Steps that record their calls. */
async function startSteps(...names: string[]) {
  const { log, lines } = recordingLog();
  const steps = new ServiceSteps(log);
  const calls: string[] = [];
  for (const name of names)
    await steps.start({
      name,
      start: () => name,
      drain: async (started) => calls.push(`drain ${started}`),
      close: (started) => calls.push(`close ${started}`),
    });
  return { steps, calls, logged: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

test("all steps are drained, then closed in reverse order, once", async () => {
  const { steps, calls, logged } = await startSteps("a", "b");
  expect(await steps.stop(1)).toBe("in order");
  expect(await steps.stop(1)).toBe("in order");
  expect(calls).toEqual(["drain a", "drain b", "close b", "close a"]);
  expect(logged()).toEqual([]);
});

test("a drain that exceeds its time is abandoned, and the log names its step", async () => {
  const { steps, calls, logged } = await startSteps("quick");
  await steps.start({
    name: "slow",
    start: () => undefined,
    drain: (_, cutOff) => new Promise((resolve) => cutOff.addEventListener("abort", resolve)),
  });
  expect(await steps.stop(0.01)).toBe("cut off");
  expect(calls).toEqual(["drain quick", "close quick"]);
  expect(logged()).toMatchObject([{ level: 40, steps: ["slow"], seconds: 0.01 }]);
});

test("a step that does not close in time is logged, and the next one is closed", async () => {
  const { steps, calls, logged } = await startSteps("first");
  await steps.start({ name: "hanging", start: () => undefined, close: never, closeTimeoutMs: 10 });
  expect(await steps.stop(1)).toBe("in order");
  expect(calls).toEqual(["drain first", "close first"]);
  expect(logged()).toMatchObject([{ level: 40, step: "hanging", seconds: 0.01 }]);
});
