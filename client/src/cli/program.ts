import { Command } from "commander";
import { addAddWorkers } from "./addWorkersCommand.js";
import { seconds } from "./argumentParsers.js";
import { addCompletion } from "./completionCommand.js";
import { addDeactivations } from "./deactivateCommands.js";
import { addDrain } from "./drainCommand.js";
import { EXIT_CODES } from "./exitCodes.js";
import { addGet } from "./getCommand.js";
import { addIds } from "./idsCommand.js";
import { addLs } from "./lsCommand.js";
import { addQuery } from "./queryCommand.js";
import { SETTINGS } from "./commandClient.js";
import { addSubmit } from "./submitCommand.js";
import { addWatch } from "./watchCommand.js";
import { addWhy } from "./whyCommand.js";

/** Seconds that a person at a terminal waits for a service that is away, unless told. */
const PATIENCE = 5;

/** The command line. @param version of this package */
export function createProgram(version: string): Command {
  const program = new Command("ewms")
    .description("Workflows of EWMS from the command line.")
    .version(version)
    .option("--url <url>", "where the service is (EWMS_URL, else http://127.0.0.1:8080)")
    .option("--patience <seconds>", "how long to try while the service is away", seconds, PATIENCE)
    .configureHelp({ showGlobalOptions: true })
    .showSuggestionAfterError()
    .addHelpText(
      "after",
      `
Examples:
  ewms submit workflow.yaml --watch
  ewms ls
  ewms why WF-6b055875-627b889b

${SETTINGS}

${EXIT_CODES}`,
    );
  // Commands take over the settings that the program has when they are made.
  program.exitOverride().configureOutput({ outputError: () => undefined });
  addSubmit(program);
  addWatch(program);
  addLs(program);
  addGet(program);
  addQuery(program);
  addAddWorkers(program);
  addDeactivations(program);
  addWhy(program);
  addIds(program);
  addDrain(program);
  addCompletion(program);
  return program;
}
