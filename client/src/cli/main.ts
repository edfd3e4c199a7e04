import { EXIT_CODE } from "./exitCodes.js";
import { run } from "./run.js";

// The reader of the pipe has closed it, as in `ewms ls | head`.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(EXIT_CODE.ok);
});

process.exitCode = await run(process.argv.slice(2), process);
