import { readFileSync } from "node:fs";
import { CommanderError } from "commander";
import { describeError, EXIT_CODE } from "./exitCodes.js";
import { createProgram } from "./program.js";
import { printToStderr } from "./terminal.js";

// Whoever reads has enough: `ewms ls | head`.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(EXIT_CODE.ok);
});

const manifest = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
const program = createProgram((JSON.parse(manifest) as { version: string }).version);

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // Help was printed, and says enough when no command was given.
    if (!error.code.startsWith("commander.help") && error.exitCode !== 0)
      printToStderr(`ewms: ${usageMessageOf(error)}; ewms --help lists what there is`);
    process.exitCode = error.exitCode === 0 ? EXIT_CODE.ok : EXIT_CODE.usage;
  } else {
    const { sentence, exitCode } = describeError(error);
    printToStderr(`ewms: ${sentence}`);
    process.exitCode = exitCode;
  }
}

/** `error: unknown command 'x'` in one line, without its head. */
function usageMessageOf({ message }: CommanderError): string {
  return message
    .replace(/^error: /, "")
    .replace(/\.?\s*\n\s*\(?/g, " (")
    .replace(/\.$/, "");
}
