import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const MIB = 1024 * 1024;

test("an idle process collects the garbage of its start, and later what its heap has grown by", async () => {
  // A process of its own: the heap of a process that has run other tests may have room for all that this one allocates.
  const args = ["--expose-gc", "--import", "tsx", "test/app/idleProgram.ts"];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const sizes = JSON.parse(stdout) as Record<"startedBytes" | "restingBytes" | "grownBytes" | "collectedBytes", number>;
  expect(sizes.startedBytes).toBeGreaterThan(64 * MIB);
  expect(sizes.restingBytes).toBeLessThan(sizes.startedBytes - 48 * MIB);
  expect(sizes.grownBytes).toBeGreaterThan(64 * MIB);
  expect(sizes.collectedBytes).toBeLessThan(sizes.grownBytes - 48 * MIB);
});
