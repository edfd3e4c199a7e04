import { run } from "./app/run.js";

// `npm start`: web and worker in one process. If no Redis is configured, it starts its own.
await run({ web: true, workers: true });
