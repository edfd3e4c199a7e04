import { type Command, Option } from "commander";
import type { ListFilter } from "../workflowList.js";
import { listFirstWorkflows, listWorkflowPages } from "../workflowList.js";
import { collectLabel } from "./annotateCommand.js";
import { parsePositiveInteger } from "./argumentParsers.js";
import { createCommandClient, hasCredentials } from "./commandClient.js";
import { usageError } from "./exitCodes.js";
import { runInterruptible } from "./interrupt.js";
import { emptyListText, type ListOptions, toListFilter } from "./listOptions.js";
import { ListTable, newestLast } from "./listTable.js";
import { formatExamples, type Terminal } from "./terminal.js";
import { watchList } from "./watchList.js";

/** Rows on a terminal without `--limit`. */
const TERMINAL_ROWS = 20;

/** Adds the command `ls`. */
export function addLsCommand(program: Command, terminal: Terminal): void {
  program
    .command("ls")
    .description("list the active workflows: yours if you have a token, else everyone's")
    .argument("[words...]", "words, all of which occur in a workflow: its id, name, labels, owner, images, arguments")
    .addOption(new Option("--owner <subject>", "only those of this subject of a token").conflicts(["mine", "everyone"]))
    .addOption(new Option("--mine", "only yours; default if you have a token").conflicts("everyone"))
    .option("--everyone", "those of all owners; default without a token")
    .addOption(
      new Option("--state <state>", "only in this state (default: active)")
        .choices(["active", "needs-attention", "ended", "aborted", "finished"])
        .conflicts("all"),
    )
    .option("-a, --all", "include aborted and finished workflows")
    .option("--label <key=value>", "only with this label; repeatable", collectLabel)
    .option("--since <time>", "created then or later: a date such as 2026-08-31, or a time ago such as 7d")
    .option("--until <time>", "created then or before")
    .option("--schedd <name>", "with a taskforce at this access point")
    .option("--location <name>", "with a taskforce at the access point of this cluster location")
    .option("--image <path>", "with a task of this image")
    .addOption(
      new Option("--sort <order>", "what comes first (default: created)").choices([
        "created",
        "change",
        "severity",
        "workers",
      ]),
    )
    .option("-n, --limit <number>", `maximum number (default: ${TERMINAL_ROWS} on a terminal)`, parsePositiveInteger)
    .addOption(new Option("--watch", "draw the list again every 2 s until Ctrl-C").conflicts("json"))
    .option("--json", "one JSON object per workflow and line")
    .addHelpText(
      "after",
      `
In a pipe the newest comes first. On a terminal it is the last line, next to the prompt.
${formatExamples(
  "ewms ls",
  "ewms ls cascade IC86 --all",
  "ewms ls --everyone --state needs-attention --watch",
  "ewms ls --label season=IC86.2024 --since 7d --json | jq -r .workflow_id",
)}`,
    )
    .action(async (words: string[], options: ListOptions) => {
      const filter = toListFilter(words, options, { hasToken: hasCredentials(terminal.io.env) });
      if (options.watch && !terminal.isInteractive)
        throw usageError("--watch needs a terminal: leave it out in a pipe");
      const client = createCommandClient(program, terminal);
      const limit = options.limit ?? (terminal.isInteractive ? TERMINAL_ROWS : Number.POSITIVE_INFINITY);
      const emptyText = emptyListText(words, options, filter);
      if (options.watch) {
        const rows = options.limit ?? Number.POSITIVE_INFINITY;
        terminal.exitCode = await watchList(terminal, client, filter, { rows, emptyText });
        return;
      }
      await runInterruptible(async (signal) => {
        if (!terminal.isInteractive || options.json) {
          const pages = listWorkflowPages(client, filter, limit, signal);
          await printPages(terminal, pages, { asJson: options.json === true, emptyText });
          return;
        }
        const { rows, hasMore } = await listFirstWorkflows(client, filter, limit, signal);
        if (rows.length === 0) await terminal.print(emptyText);
        else {
          if (hasMore) await terminal.print(terminal.colorize("dim", moreText(limit, filter)));
          await terminal.print(...newestLast(new ListTable(terminal).format(rows)));
        }
      });
    });
}

const moreText = (limit: number, { sort = "created" }: ListFilter): string =>
  `The first ${limit} by ${sort}, the first one last; more: --limit ${5 * limit}`;

async function printPages(
  terminal: Terminal,
  pages: ReturnType<typeof listWorkflowPages>,
  { asJson, emptyText }: { asJson: boolean; emptyText: string },
): Promise<void> {
  const table = new ListTable(terminal);
  let isEmpty = true;
  for await (const { rows } of pages) {
    if (rows.length === 0) continue;
    isEmpty = false;
    await terminal.print(...(asJson ? rows.map((row) => JSON.stringify(row)) : table.format(rows)));
  }
  if (isEmpty && !asJson) await terminal.print(emptyText);
}
