import type { Command } from "commander";
import { idOf } from "./argumentParsers.js";
import { follow } from "./watchProgress.js";
import { clientOf } from "./commandClient.js";

/** Makes the command `watch`. */
export function addWatch(program: Command): void {
  program
    .command("watch")
    .description(
      "show how a workflow does until it has ended: bars on a terminal, else a line for each change",
    )
    .argument("<workflow>", "WF-…", idOf("workflow"))
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
      process.exitCode = await follow(clientOf(command), workflow);
    });
}
