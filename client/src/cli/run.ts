import { readFileSync } from "node:fs";
import { CommanderError } from "commander";
import { describeError, EXIT_CODE } from "./exitCodes.js";
import { createProgram } from "./program.js";
import { type CommandIo, Terminal } from "./terminal.js";

/** Runs one command. @param args without the names of Node.js and the program @returns the exit code */
export async function run(args: readonly string[], io: CommandIo): Promise<number> {
  const terminal = new Terminal(io);
  const manifest = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  const program = createProgram((JSON.parse(manifest) as { version: string }).version, terminal);
  try {
    await program.parseAsync(args, { from: "user" });
    return terminal.exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) {
      const { sentence, exitCode } = describeError(error);
      terminal.printMessage(`ewms: ${sentence}`);
      return exitCode;
    }
    // Commander has already printed the help.
    if (!error.code.startsWith("commander.help") && error.exitCode !== 0)
      terminal.printMessage(`ewms: ${usageMessageOf(error)}; ewms --help lists commands and options`);
    return error.exitCode === 0 ? EXIT_CODE.ok : EXIT_CODE.usage;
  }
}

/** Joins the lines of a message of Commander, without its prefix: `error: unknown command 'x'`. */
function usageMessageOf({ message }: CommanderError): string {
  return message
    .replace(/^error: /, "")
    .replace(/\.?\s*\n\s*\(?/g, " (")
    .replace(/\.$/, "");
}
