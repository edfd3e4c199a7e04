import { getHeapStatistics } from "node:v8";
import { startIdleCollection } from "../../src/app/idleCollection.js";

/**
 * Run with `--expose-gc`: grows its heap by 64 MiB and drops them, once before the idle collection starts and once after
 * its first two collections. Prints the heap's sizes.
 */
const collect = globalThis.gc;
if (collect === undefined) throw new Error("start this program with --expose-gc");

/** @returns the bytes of the grown heap */
function growAndDrop(): number {
  const dropped = Array.from({ length: 1024 }, (_, n) => Array.from({ length: 8192 }, () => n));
  return dropped.length && getHeapStatistics().total_heap_size;
}

const startedBytes = growAndDrop();
let restingBytes = 0;
let grownBytes = 0;
let collections = 0;
startIdleCollection(() => {
  collect();
  collections += 1;
  const bytes = getHeapStatistics().total_heap_size;
  if (collections === 2) {
    restingBytes = bytes;
    // After the function that called this one has noted the heap's size.
    setImmediate(() => {
      grownBytes = growAndDrop();
    });
  }
  if (collections === 4) {
    const sizes = JSON.stringify({ startedBytes, restingBytes, grownBytes, collectedBytes: bytes });
    process.stdout.write(sizes, () => process.exit());
  }
}, 50);

// The timer of the collection does not keep a process running.
setInterval(() => undefined, 60_000);
