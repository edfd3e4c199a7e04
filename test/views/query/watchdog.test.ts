import { expect, test } from "vitest";
import { TookTooLong, watched } from "../../../src/views/query/runWithTimeout.js";

/** Milliseconds that the work of these tests may take. */
const PATIENCE = 200;

/** Keeps the thread for longer than it has, as on a machine that gives it no processor. */
function stall(): void {
  const nothing = new Int32Array(new SharedArrayBuffer(4));
  for (let n = 0; n < 20; n++) Atomics.wait(nothing, 0, 0, PATIENCE / 10);
}

test("work that a stalled process could not do in time is done once more", () => {
  let tries = 0;
  const result = watched(PATIENCE, () => {
    tries++;
    if (tries === 1) stall();
    return "done";
  });
  expect(result).toBe("done");
  expect(tries).toBe(2);
});

test("but no third time", () => {
  let tries = 0;
  const work = () => {
    tries++;
    stall();
  };
  expect(() => watched(PATIENCE, work)).toThrow(TookTooLong);
  expect(tries).toBe(2);
});

test("work that takes too long itself is broken off", () => {
  const work = () => {
    for (;;);
  };
  expect(() => watched(PATIENCE, work)).toThrow(TookTooLong);
});

test("what it throws is thrown", () => {
  const fault = new RangeError("no such work");
  const work = () => {
    throw fault;
  };
  expect(() => watched(PATIENCE, work)).toThrow(fault);
});
