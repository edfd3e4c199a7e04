import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { addAddWorkersCommand, addDeactivateCommands } from "./actionCommands.js";
import { addAnnotateCommand } from "./annotateCommand.js";
import { parseSeconds } from "./argumentParsers.js";
import { addCloneCommand } from "./cloneCommand.js";
import { SETTINGS_HELP } from "./commandClient.js";
import { addCompletionCommand } from "./completionCommand.js";
import { addCompletionValuesCommand } from "./completionValues.js";
import { addErrorsCommand } from "./errorsCommand.js";
import { describeError, EXIT_CODE, EXIT_CODES_HELP } from "./exitCodes.js";
import { writeLastId } from "./lastId.js";
import { addLsCommand } from "./listCommand.js";
import { addLocationsCommand } from "./locationsCommand.js";
import { addLogsCommand } from "./logsCommand.js";
import { addOpenCommand } from "./openCommand.js";
import { addQueryCommand } from "./queryCommand.js";
import { addGetCommand, addIdsCommand } from "./readCommands.js";
import { addRetryCommand } from "./retryCommand.js";
import { addScheddCommands } from "./scheddCommands.js";
import { addShowCommand } from "./showCommand.js";
import { addSubmitCommand, addWatchCommand } from "./submitCommands.js";
import { addSystemCommand } from "./systemCommand.js";
import { type CommandIo, Terminal } from "./terminal.js";
import { addWebhooksCommand } from "./webhooksCommand.js";
import { addWhyCommand } from "./whyCommand.js";

/** Runs one command. @param args without the names of Node.js and the program @returns the exit code */
export async function run(args: readonly string[], io: CommandIo): Promise<number> {
  const terminal = new Terminal(io);
  const manifest = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  const program = createProgram((JSON.parse(manifest) as { version: string }).version, terminal);
  try {
    await program.parseAsync(args, { from: "user" });
    if (terminal.usedId) await writeLastId(io.env, terminal.usedId.url, terminal.usedId.id);
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

/** Creates the command line. @param version of this package */
function createProgram(version: string, terminal: Terminal): Command {
  const program = new Command("ewms")
    .description("Command line of the EWMS workflow management service.")
    .version(version)
    .option("--url <url>", "URL of the service (default: EWMS_URL, else http://127.0.0.1:8080)")
    .option("--patience <seconds>", "retry time while the service is unreachable", parseSeconds, 5)
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
  addShowCommand(program, terminal);
  addGetCommand(program, terminal);
  addQueryCommand(program, terminal);
  addAddWorkersCommand(program, terminal);
  addDeactivateCommands(program, terminal);
  addWhyCommand(program, terminal);
  addErrorsCommand(program, terminal);
  addLogsCommand(program, terminal);
  addCloneCommand(program, terminal);
  addRetryCommand(program, terminal);
  addOpenCommand(program, terminal);
  addIdsCommand(program, terminal);
  addAnnotateCommand(program, terminal);
  addLocationsCommand(program, terminal);
  addWebhooksCommand(program, terminal);
  addScheddCommands(program, terminal);
  addSystemCommand(program, terminal);
  addCompletionCommand(program, terminal);
  addCompletionValuesCommand(program, terminal);
  return program;
}

/** The commands that other programs call so. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  cancel: "abort",
  create: "submit",
  delete: "abort",
  describe: "show",
  info: "show",
  kill: "abort",
  list: "ls",
  log: "logs",
  ps: "ls",
  rm: "abort",
  run: "submit",
  status: "show",
  stop: "abort",
  top: "ls --watch",
};

/** Joins the lines of a message of Commander, without its prefix: `error: unknown command 'x'`. */
function usageMessageOf({ message }: CommanderError): string {
  const [, unknown = ""] = /^error: unknown command '([^']*)'/.exec(message) ?? [];
  if (Object.hasOwn(OTHER_NAMES, unknown)) return `unknown command '${unknown}' (use ewms ${OTHER_NAMES[unknown]})`;
  return message
    .replace(/^error: /, "")
    .replace(/\.?\s*\n\s*\(?/g, " (")
    .replace(/\.$/, "");
}
