import { run } from "./app/run.js";

// Does the background work. Any number of worker processes may share a Redis.
await run({ web: false, workers: true });
