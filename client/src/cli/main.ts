import { EXIT_CODE, systemErrorText } from "./exitCodes.js";
import { run } from "./run.js";

// The reader of the pipe has closed it, as in `ewms ls | head`, or the disk of the file is full.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(EXIT_CODE.ok);
  process.stderr.write(`ewms: ${systemErrorText(error) ?? error.message}\n`);
  process.exit(EXIT_CODE.failure);
});
// Without a reader of the messages, the exit code alone reports a failure.
process.stderr.on("error", () => undefined);

process.exitCode = await run(process.argv.slice(2), process);
