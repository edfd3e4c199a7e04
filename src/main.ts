import { run } from "./app/run.js";

// `npm start`: everything in one process, on a Redis of its own when REDIS_URL is unset.
await run({ web: true, workers: true });
