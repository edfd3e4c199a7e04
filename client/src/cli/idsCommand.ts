import type { Command } from "commander";
import type { Client } from "../client.js";
import { unwrapResponse } from "../unwrapResponse.js";
import { idParser } from "./argumentParsers.js";
import { createCommandClient } from "./commandClient.js";
import { formatExamples, type Terminal } from "./terminal.js";

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
    .action(async (workflow: string, options: { tasks?: true; taskforces?: true }, command: Command) => {
      const client = createCommandClient(command, terminal);
      // Throws for an unknown workflow, for which the queries would find nothing.
      await unwrapResponse(client.GET("/v1/workflows/{workflow_id}", { params: { path: { workflow_id: workflow } } }));
      const taskforces = options.tasks ? new Map<string, string[]>() : await taskforcesByTask(client, workflow);
      const tasks = { query: { workflow_id: workflow }, projection: ["task_id"] };
      for await (const { task_id = "" } of client.query("task-directives", tasks)) {
        if (!options.taskforces) await terminal.print(task_id);
        for (const uuid of taskforces.get(task_id) ?? []) await terminal.print(uuid);
      }
    });
}

async function taskforcesByTask(client: Client, workflow_id: string): Promise<Map<string, string[]>> {
  const byTask = new Map<string, string[]>();
  const all = client.query("taskforces", {
    query: { workflow_id },
    projection: ["taskforce_uuid", "task_id"],
  });
  for await (const { task_id = "", taskforce_uuid = "" } of all) {
    const siblings = byTask.get(task_id);
    if (siblings === undefined) byTask.set(task_id, [taskforce_uuid]);
    else siblings.push(taskforce_uuid);
  }
  return byTask;
}
