import { getHeapStatistics } from "node:v8";
import { startIdleCollection } from "../../src/app/idleCollection.js";

/** Run with `--expose-gc`: grows its heap by 64 MiB, drops them, and prints the heap's size before and after the collections. */
const collect = globalThis.gc;
if (collect === undefined) throw new Error("start this program with --expose-gc");

let collections = 0;
let grownBytes = 0;
startIdleCollection(() => {
  collect();
  collections += 1;
  if (collections < 2) return;
  const collectedBytes = getHeapStatistics().total_heap_size;
  process.stdout.write(JSON.stringify({ grownBytes, collectedBytes }), () => process.exit());
}, 50);

const dropped = Array.from({ length: 1024 }, (_, n) => Array.from({ length: 8192 }, () => n));
grownBytes = getHeapStatistics().total_heap_size;
dropped.length = 0;
// The timer of the collection does not keep a process running.
setInterval(() => undefined, 60_000);
