import { describe, expect, test } from "vitest";
import { type JobCall, leasedJobModel } from "./leasedJobModel.js";
import { checkLinearizability, type Operation } from "./linearizability.js";

const LEASE_MS = 8000;

const operation = (call: JobCall, sentAtMs: number, endedAtMs: number, isOptional = false): Operation<JobCall> => ({
  call,
  sentAtMs,
  endedAtMs,
  isOptional,
});

const verdict = (operations: Operation<JobCall>[], initial: "waiting" | "absent" = "waiting") =>
  checkLinearizability(leasedJobModel(initial, LEASE_MS), operations);

describe("histories of a queue with exclusive leases are linearizable", () => {
  test.each<[string, Operation<JobCall>[]]>([
    ["nothing", []],
    ["a lease and its report", [operation("hand-out", 0, 10), operation("done", 20, 30)]],
    [
      "a lease after a failure, whose report overlaps the next poll",
      [operation("hand-out", 0, 10), operation("hand-out", 100, 300), operation("failure", 50, 200)],
    ],
    ["a lease after the end of another", [operation("hand-out", 0, 500), operation("hand-out", 7900, 8100)]],
    [
      "a lease after a failure whose report got no answer",
      [operation("hand-out", 0, 10), operation("failure", 20, 30_000, true), operation("hand-out", 900, 910)],
    ],
    [
      "a late report of a failure, which ends nothing",
      [
        operation("hand-out", 0, 10),
        operation("failure", 20, 30),
        operation("hand-out", 40, 50),
        operation("failure", 60, 70),
      ],
    ],
    [
      "a lease after the loss of the queue",
      [operation("hand-out", 0, 10), operation("queue lost", 20, 30), operation("hand-out", 40, 50)],
    ],
    [
      "a refused submission after another one",
      [operation("hand-out", 0, 10), operation("done", 20, 30), operation("refused", 40, 50)],
    ],
    ["a poll that began before the end of the work", [operation("done", 0, 100), operation("hand-out", 50, 200)]],
  ])("%s", (_name, operations) => {
    expect(verdict(operations)).toBe("linearizable");
    expect(verdict(operations.toReversed())).toBe("linearizable");
  });
});

describe("planted violations are found", () => {
  test.each<[string, Operation<JobCall>[]]>([
    ["two leases at once", [operation("hand-out", 0, 10), operation("hand-out", 20, 30)]],
    ["two leases at once, side by side", [operation("hand-out", 0, 100), operation("hand-out", 50, 90)]],
    ["a lease just before the end of another", [operation("hand-out", 100, 500), operation("hand-out", 7900, 8050)]],
    [
      "a third lease after one failure",
      [
        operation("hand-out", 0, 10),
        operation("failure", 20, 30),
        operation("hand-out", 40, 50),
        operation("hand-out", 60, 70),
      ],
    ],
    [
      "a lease after the end of the work",
      [operation("hand-out", 0, 10), operation("done", 20, 30), operation("hand-out", 9000, 9010)],
    ],
    ["a refused submission of a job that waits", [operation("hand-out", 0, 10), operation("refused", 20, 30)]],
    [
      "a report that came only after the second lease",
      [operation("hand-out", 0, 10), operation("hand-out", 20, 30), operation("failure", 40, 50)],
    ],
  ])("%s", (_name, operations) => {
    expect(verdict(operations)).toBe("not linearizable");
    expect(verdict(operations.toReversed())).toBe("not linearizable");
  });

  test("a lease of a job that is not wanted yet", () => {
    expect(verdict([operation("hand-out", 0, 10), operation("wanted", 20, 30)], "absent")).toBe("not linearizable");
    expect(verdict([operation("wanted", 0, 30), operation("hand-out", 10, 20)], "absent")).toBe("linearizable");
  });
});

test("a history with many operations side by side is decided", () => {
  const operations = Array.from({ length: 30 }, (_, n) => [
    operation("hand-out", 100 * n, 100 * n + 250),
    operation("failure", 100 * n + 50, 100 * n + 150),
  ]).flat();
  expect(verdict(operations)).toBe("linearizable");
  expect(verdict([...operations, operation("done", 3500, 3510), operation("hand-out", 3600, 3700)])).toBe(
    "not linearizable",
  );
});
