import { Command } from "commander";
import { addAddWorkers } from "./addWorkers.js";
import { seconds } from "./arguments.js";
import { addCompletion } from "./completion.js";
import { addDeactivations } from "./deactivate.js";
import { addDrain } from "./drain.js";
import { EXIT_CODES } from "./exits.js";
import { addGet } from "./get.js";
import { addIds } from "./ids.js";
import { addLs } from "./ls.js";
import { addQuery } from "./query.js";
import { SETTINGS } from "./settings.js";
import { addSubmit } from "./submit.js";
import { addWatch } from "./watch.js";
import { addWhy } from "./why.js";

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
