import type { Command } from "commander";
import type { Client } from "../client.js";
import { ApiError } from "../clientErrors.js";
import { unwrapResponse } from "../unwrapResponse.js";
import { type IdKinds, idParser, possibleKindsOf } from "./argumentParsers.js";
import { createCommandClient } from "./commandClient.js";
import { findId, findWorkflowId } from "./findId.js";
import { runInterruptible } from "./interrupt.js";
import { formatExamples, type Terminal } from "./terminal.js";

/** Adds the command `get`. */
export function addGetCommand(program: Command, terminal: Terminal): void {
  program
    .command("get")
    .description("show a workflow, task directive or taskforce as JSON")
    .argument("<id>", "WF-…, TK-… or TF-…", idParser("workflow", "task directive", "taskforce"))
    .option("--json", "in one line")
    .addHelpText(
      "after",
      formatExamples("ewms get WF-6b055875-627b889b", "ewms get TF-6b055875-627b889b-7d647883-8a0badbd | jq .phase"),
    )
    .action(async (text: string, { json }: { json?: true }) => {
      const client = createCommandClient(program, terminal);
      const id = await findId(terminal, client, text, ["workflow", "task directive", "taskforce"]);
      const entity = await readFirstFound(client, id, possibleKindsOf(id));
      await terminal.print(JSON.stringify(entity, null, json ? 0 : 2));
    });
}

/** Reads an entity of the first kind that has this id. @throws ApiError 404 */
export async function readFirstFound(client: Client, id: string, [kind, ...otherKinds]: IdKinds): Promise<object> {
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
    .option("--json", "one JSON object per id and line")
    .addHelpText(
      "after",
      formatExamples(
        "ewms ids WF-6b055875-627b889b",
        "ewms ids WF-6b055875-627b889b --taskforces | xargs -n 1 ewms get",
      ),
    )
    .action((workflow: string, options: { tasks?: true; taskforces?: true; json?: true }) =>
      runInterruptible(async (signal) => {
        const client = createCommandClient(program, terminal);
        const workflow_id = await findWorkflowId(terminal, client, workflow);
        // Throws for an unknown workflow, because its queries would find nothing.
        await unwrapResponse(client.GET("/v1/workflows/{workflow_id}", { params: { path: { workflow_id } }, signal }));
        const taskforces = options.tasks
          ? new Map<string, string[]>()
          : await taskforcesByTask(client, workflow_id, signal);
        const tasks = { query: { workflow_id }, projection: ["task_id"] };
        for await (const { task_id = "" } of client.query("task-directives", tasks, signal)) {
          const uuids = taskforces.get(task_id) ?? [];
          const ofTaskforces = uuids.map((taskforce_uuid) => ({ task_id, taskforce_uuid }));
          if (options.json)
            await terminal.print(
              ...[...(options.taskforces ? [] : [{ task_id }]), ...ofTaskforces].map((each) => JSON.stringify(each)),
            );
          else await terminal.print(...(options.taskforces ? [] : [task_id]), ...uuids);
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
