import { expect, test } from "vitest";
import { runWithTimeout, WorkTimeoutError } from "../../../src/views/query/runWithTimeout.js";

/** Time limit of the work in milliseconds. Other threads of the process, such as V8's, take little of it. */
const TIMEOUT_MS = 800;

/** Blocks the thread without processor time, as on an overloaded machine. @param times of the time limit */
function blockThread(times: number): void {
  const nothing = new Int32Array(new SharedArrayBuffer(4));
  for (let n = 0; n < 10 * times; n++) Atomics.wait(nothing, 0, 0, TIMEOUT_MS / 10);
}

test("work is repeated once if the process had too little processor time", () => {
  let tries = 0;
  const result = runWithTimeout(TIMEOUT_MS, () => {
    tries++;
    if (tries === 1) blockThread(2);
    return "done";
  });
  expect(result).toBe("done");
  expect(tries).toBe(2);
});

test("repeated work has twice the time", () => {
  const result = runWithTimeout(TIMEOUT_MS, () => {
    blockThread(1.5);
    return "done";
  });
  expect(result).toBe("done");
});

test("work is not run a third time", () => {
  let tries = 0;
  const work = () => {
    tries++;
    blockThread(3);
  };
  expect(() => runWithTimeout(TIMEOUT_MS, work)).toThrow(WorkTimeoutError);
  expect(tries).toBe(2);
});

test("work that exceeds the time limit is stopped", () => {
  const work = () => {
    for (;;);
  };
  expect(() => runWithTimeout(TIMEOUT_MS, work)).toThrow(WorkTimeoutError);
});

test("an error of the work is thrown", () => {
  const fault = new RangeError("no such work");
  const work = () => {
    throw fault;
  };
  expect(() => runWithTimeout(TIMEOUT_MS, work)).toThrow(fault);
});
