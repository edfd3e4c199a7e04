import { Command } from "commander";
import { addAddWorkersCommand } from "./addWorkersCommand.js";
import { parseSeconds } from "./argumentParsers.js";
import { SETTINGS_HELP } from "./commandClient.js";
import { addCompletionCommand } from "./completionCommand.js";
import { addDeactivateCommands } from "./deactivateCommands.js";
import { addDrainCommand } from "./drainCommand.js";
import { EXIT_CODES_HELP } from "./exitCodes.js";
import { addGetCommand } from "./getCommand.js";
import { addIdsCommand } from "./idsCommand.js";
import { addLsCommand } from "./lsCommand.js";
import { addQueryCommand } from "./queryCommand.js";
import { addSubmitCommand } from "./submitCommand.js";
import type { Terminal } from "./terminal.js";
import { addWatchCommand } from "./watchCommand.js";
import { addWhyCommand } from "./whyCommand.js";

/** Default of `--patience`. */
const DEFAULT_RETRY_SECONDS = 5;

/** Creates the command line. @param version of this package */
export function createProgram(version: string, terminal: Terminal): Command {
  const program = new Command("ewms")
    .description("Command line of the EWMS workflow management service.")
    .version(version)
    .option("--url <url>", "URL of the service (default: EWMS_URL, else http://127.0.0.1:8080)")
    .option("--patience <seconds>", "retry time while the service is unreachable", parseSeconds, DEFAULT_RETRY_SECONDS)
    .configureHelp({ showGlobalOptions: true })
    .showSuggestionAfterError()
    .addHelpText(
      "after",
      `
Examples:
  ewms submit workflow.yaml --watch
  ewms ls
  ewms why WF-6b055875-627b889b

${SETTINGS_HELP}

${EXIT_CODES_HELP}`,
    );
  // Before the commands, which copy these settings.
  program.exitOverride().configureOutput({
    writeOut: (text) => void terminal.io.stdout.write(text),
    writeErr: (text) => void terminal.io.stderr.write(text),
    outputError: () => undefined,
  });
  addSubmitCommand(program, terminal);
  addWatchCommand(program, terminal);
  addLsCommand(program, terminal);
  addGetCommand(program, terminal);
  addQueryCommand(program, terminal);
  addAddWorkersCommand(program, terminal);
  addDeactivateCommands(program, terminal);
  addWhyCommand(program, terminal);
  addIdsCommand(program, terminal);
  addDrainCommand(program, terminal);
  addCompletionCommand(program, terminal);
  return program;
}
