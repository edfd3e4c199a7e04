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
import { addWatchCommand } from "./watchCommand.js";
import { addWhyCommand } from "./whyCommand.js";

/** Seconds that a person at a terminal waits for a service that is away, unless told. */
const DEFAULT_RETRY_SECONDS = 5;

/** The command line. @param version of this package */
export function createProgram(version: string): Command {
  const program = new Command("ewms")
    .description("Workflows of EWMS from the command line.")
    .version(version)
    .option("--url <url>", "where the service is (EWMS_URL, else http://127.0.0.1:8080)")
    .option("--patience <seconds>", "how long to try while the service is away", parseSeconds, DEFAULT_RETRY_SECONDS)
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
  // Commands take over the settings that the program has when they are made.
  program.exitOverride().configureOutput({ outputError: () => undefined });
  addSubmitCommand(program);
  addWatchCommand(program);
  addLsCommand(program);
  addGetCommand(program);
  addQueryCommand(program);
  addAddWorkersCommand(program);
  addDeactivateCommands(program);
  addWhyCommand(program);
  addIdsCommand(program);
  addDrainCommand(program);
  addCompletionCommand(program);
  return program;
}
