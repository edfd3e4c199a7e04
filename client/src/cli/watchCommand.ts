import type { Command } from "commander";
import { idParser } from "./argumentParsers.js";
import { createCommandClient } from "./commandClient.js";
import { watchUntilEnded } from "./watchProgress.js";

/** Makes the command `watch`. */
export function addWatchCommand(program: Command): void {
  program
    .command("watch")
    .description("show how a workflow does until it has ended: bars on a terminal, else a line for each change")
    .argument("<workflow>", "WF-…", idParser("workflow"))
    .addHelpText(
      "after",
      `
Bars: █ workers that run, ▓ that ended, ▒ that HTCondor holds, ░ that are still to come.
Ctrl-C ends the watch, and leaves the workflow alone.

Examples:
  ewms watch WF-6b055875-627b889b
  ewms watch WF-6b055875-627b889b >> progress.log`,
    )
    .action(async (workflow: string, _options: object, command: Command) => {
      process.exitCode = await watchUntilEnded(createCommandClient(command), workflow);
    });
}
