import { run } from "./app/run.js";

// Serves HTTP. Any number of web processes may share a Redis.
await run({ web: true, workers: false });
