import { readFileSync } from "node:fs";
import { CommanderError } from "commander";
import { EXIT, ending } from "./exitCodes.js";
import { createProgram } from "./program.js";
import { note } from "./terminal.js";

// Whoever reads has enough: `ewms ls | head`.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(EXIT.ok);
});

const manifest = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
const program = createProgram((JSON.parse(manifest) as { version: string }).version);

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // Help was printed, and says enough when no command was given.
    if (!error.code.startsWith("commander.help") && error.exitCode !== 0)
      note(`ewms: ${wordsOf(error)}; ewms --help lists what there is`);
    process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  } else {
    const { sentence, exitCode } = ending(error);
    note(`ewms: ${sentence}`);
    process.exitCode = exitCode;
  }
}

/** `error: unknown command 'x'` in one line, without its head. */
function wordsOf({ message }: CommanderError): string {
  return message
    .replace(/^error: /, "")
    .replace(/\.?\s*\n\s*\(?/g, " (")
    .replace(/\.$/, "");
}
