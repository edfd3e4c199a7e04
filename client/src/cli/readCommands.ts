import type { Command } from "commander";
import type { Client } from "../client.js";
import { ApiError } from "../clientErrors.js";
import { workflowStateLabel } from "../phases.js";
import { unwrapResponse } from "../unwrapResponse.js";
import { type IdKinds, idParser, parsePositiveInteger, possibleKindsOf } from "./argumentParsers.js";
import { createCommandClient } from "./commandClient.js";
import { runInterruptible } from "./interrupt.js";
import { takeResults } from "./resultWriters.js";
import { formatExamples, type Terminal, timeText } from "./terminal.js";

/** Adds the command `get`. */
export function addGetCommand(program: Command, terminal: Terminal): void {
  program
    .command("get")
    .description("show a workflow, task directive or taskforce as JSON")
    .argument("<id>", "WF-…, TK-… or TF-…")
    .addHelpText(
      "after",
      formatExamples("ewms get WF-6b055875-627b889b", "ewms get TF-6b055875-627b889b-7d647883-8a0badbd | jq .phase"),
    )
    .action(async (id: string) => {
      const client = createCommandClient(program, terminal);
      const entity = await readFirstFound(client, id, possibleKindsOf(id));
      await terminal.print(JSON.stringify(entity, null, 2));
    });
}

async function readFirstFound(client: Client, id: string, [kind, ...otherKinds]: IdKinds): Promise<object> {
  try {
    // All these routes return an object, as this one does.
    return await unwrapResponse(client.GET(`/v1/${kind.replace(" ", "-")}s/${id}` as "/v1/"));
  } catch (error) {
    const [next, ...rest] = otherKinds;
    if (next === undefined || !(error instanceof ApiError) || error.status !== 404) throw error;
    return readFirstFound(client, id, [next, ...rest]);
  }
}

/** Adds the command `ids`. */
export function addIdsCommand(program: Command, terminal: Terminal): void {
  program
    .command("ids")
    .description("list the ids of a workflow's tasks and their taskforces")
    .argument("<workflow>", "WF-…", idParser("workflow"))
    .option("--tasks", "only tasks")
    .option("--taskforces", "only taskforces")
    .addHelpText(
      "after",
      formatExamples(
        "ewms ids WF-6b055875-627b889b",
        "ewms ids WF-6b055875-627b889b --taskforces | xargs -n 1 ewms get",
      ),
    )
    .action((workflow_id: string, options: { tasks?: true; taskforces?: true }) =>
      runInterruptible(async (signal) => {
        const client = createCommandClient(program, terminal);
        // Throws for an unknown workflow, because its queries would find nothing.
        await unwrapResponse(client.GET("/v1/workflows/{workflow_id}", { params: { path: { workflow_id } }, signal }));
        const taskforces = options.tasks
          ? new Map<string, string[]>()
          : await taskforcesByTask(client, workflow_id, signal);
        const tasks = { query: { workflow_id }, projection: ["task_id"] };
        for await (const { task_id = "" } of client.query("task-directives", tasks, signal)) {
          if (!options.taskforces) await terminal.print(task_id);
          await terminal.print(...(taskforces.get(task_id) ?? []));
        }
      }),
    );
}

async function taskforcesByTask(
  client: Client,
  workflow_id: string,
  signal: AbortSignal,
): Promise<Map<string, string[]>> {
  const byTask = new Map<string, string[]>();
  const search = { query: { workflow_id }, projection: ["taskforce_uuid", "task_id"] };
  for await (const { task_id = "", taskforce_uuid = "" } of client.query("taskforces", search, signal)) {
    const siblings = byTask.get(task_id);
    if (siblings === undefined) byTask.set(task_id, [taskforce_uuid]);
    else siblings.push(taskforce_uuid);
  }
  return byTask;
}

/** Adds the command `ls`. */
export function addLsCommand(program: Command, terminal: Terminal): void {
  program
    .command("ls")
    .description("list the running workflows, newest first")
    .option("-a, --all", "include aborted and finished workflows")
    .option("-n, --limit <number>", "maximum number of workflows", parsePositiveInteger)
    .addHelpText("after", formatExamples("ewms ls", "ewms ls --all | grep aborted", "ewms ls --all --limit 10"))
    .action(({ all, limit = Number.POSITIVE_INFINITY }: { all?: true; limit?: number }) =>
      runInterruptible(async (signal) => {
        const search = { query: all ? {} : { deactivated: null }, order: "newest" as const };
        const found = createCommandClient(program, terminal).query("workflows", search, signal);
        let isEmpty = true;
        for await (const { workflow_id, timestamp, priority, deactivated } of takeResults(limit, found)) {
          signal.throwIfAborted();
          if (isEmpty)
            await terminal.print(terminal.colorize("bold", formatRow("WORKFLOW", "CREATED", "PRIORITY", "STATE")));
          isEmpty = false;
          const label = workflowStateLabel(deactivated);
          const state = deactivated === null ? terminal.colorize("green", label) : label;
          await terminal.print(formatRow(workflow_id, timeText(timestamp), String(priority), state));
        }
        if (isEmpty)
          await terminal.print(all ? "No workflows." : "No running workflows; ewms ls --all lists the others.");
      }),
    );
}

/** Fixed widths, so that each row is printed when it arrives. */
const formatRow = (id: string, created: string, priority: string, state: string): string =>
  `${id.padEnd(22)}${created.padEnd(22)}${priority.padEnd(10)}${state}`;
