import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";

test("an idle process collects garbage after its heap has grown", async () => {
  // A process of its own: the heap of a process that has run other tests may have room for all that this one allocates.
  const args = ["--expose-gc", "--import", "tsx", "test/app/idleProgram.ts"];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const { grownBytes, collectedBytes } = JSON.parse(stdout) as { grownBytes: number; collectedBytes: number };
  expect(grownBytes).toBeGreaterThan(64 * 1024 * 1024);
  expect(collectedBytes).toBeLessThan(grownBytes - 48 * 1024 * 1024);
});
