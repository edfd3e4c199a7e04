import { run } from "./app/run.js";

// The HTTP half of the service; any number of these may run beside each other.
await run({ web: true, workers: false });
