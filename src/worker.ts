import { run } from "./app/run.js";

// The half that works without requests; any number of these may run beside each other.
await run({ web: false, workers: true });
