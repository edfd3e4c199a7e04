import type { Command } from "commander";
import type { TaskDirective, Taskforce, WorkflowRequest } from "../apiTypes.js";
import type { Client } from "../client.js";
import { ApiError } from "../clientErrors.js";
import { rebuildRequest, type StoredWorkflow } from "../cloneRequest.js";
import { formatCount } from "../format.js";
import { unwrapResponse } from "../unwrapResponse.js";
import { annotationHeaders, collectLabel } from "./annotateCommand.js";
import { idParser } from "./argumentParsers.js";
import { createCommandClient } from "./commandClient.js";
import { CommandError, EXIT_CODE } from "./exitCodes.js";
import { findWorkflowId } from "./findId.js";
import { takeResults } from "./resultWriters.js";
import { formatExamples, type Terminal } from "./terminal.js";

interface CloneOptions {
  name?: string;
  label?: Record<string, string>;
  dryRun?: true;
  quiet?: true;
}

/** Adds the command `clone`. */
export function addCloneCommand(program: Command, terminal: Terminal): void {
  program
    .command("clone")
    .description("create a workflow with the same tasks, locations, workers, name and labels as another one")
    .argument("<workflow>", "WF-…", idParser("workflow"))
    .option("--name <name>", "another name; empty: none")
    .option("--label <key=value>", "another label, or another value; repeatable", collectLabel)
    .option("--dry-run", "print the request as JSON and create nothing")
    .option("-q, --quiet", "print only the id of the new workflow")
    .addHelpText(
      "after",
      `
The aliases of internal queues are not stored: the clone has queue-1, queue-2, … instead, which connect the same tasks.
${formatExamples(
  'ewms clone WF-6b055875-627b889b --name "Cascades, second try"',
  "ewms clone WF-6b055875-627b889b --dry-run > request.json",
)}`,
    )
    .action(async (source: string, { name, label, dryRun, quiet }: CloneOptions) => {
      const client = createCommandClient(program, terminal);
      const source_id = await findWorkflowId(terminal, client, source);
      const request = await readRequest(client, source_id);
      if (dryRun) {
        await terminal.print(JSON.stringify(request, null, 2));
        return;
      }
      const params = { path: { workflow_id: source_id } };
      const annotations = await unwrapResponse(client.GET("/v1/workflows/{workflow_id}/annotations", { params }));
      const newName = (name ?? annotations.name) || undefined;
      const headers = annotationHeaders(newName, { ...annotations.labels, ...label });
      const { workflow, task_directives, taskforces } = await unwrapResponse(
        client.POST("/v1/workflows", { body: request, headers }),
      );
      const { workflow_id } = workflow;
      terminal.usedId = { url: client.url, id: workflow_id };
      const counts = `${formatCount(task_directives.length, "task")}, ${formatCount(taskforces.length, "taskforce")}`;
      await terminal.print(quiet ? workflow_id : `${workflow_id} created like ${source_id}: ${counts}`);
    });
}

/** Rebuilds the request of a stored workflow. @throws CommandError when a part of it can't be known */
async function readRequest(client: Client, workflow_id: string): Promise<WorkflowRequest> {
  const params = { path: { workflow_id } };
  const workflow = await unwrapResponse(client.GET("/v1/workflows/{workflow_id}", { params }));
  const directives: TaskDirective[] = [];
  for await (const directive of client.query("task-directives", { query: { workflow_id } })) directives.push(directive);
  const taskforces = new Map<string, Taskforce[]>();
  for (const { task_id, cluster_locations } of directives)
    taskforces.set(task_id, await firstTaskforces(client, task_id, cluster_locations.length));
  const hasQueues = directives.some(
    ({ input_queues, output_queues }) => input_queues.length + output_queues.length > 0,
  );
  const publicQueues = hasQueues ? await readPublicQueues(client, workflow_id) : [];
  try {
    return rebuildRequest({ workflow, directives, taskforces, publicQueues });
  } catch (error) {
    throw new CommandError(EXIT_CODE.failure, `cannot clone ${workflow_id}: ${(error as Error).message}`);
  }
}

/** The taskforces that the request created; those of add-workers follow them. */
async function firstTaskforces(client: Client, task_id: string, count: number): Promise<Taskforce[]> {
  const found: Taskforce[] = [];
  const oldestFirst = client.query("taskforces", { query: { task_id } });
  for await (const taskforce of takeResults(count, oldestFirst)) found.push(taskforce);
  return found;
}

async function readPublicQueues(client: Client, workflow_id: string): Promise<StoredWorkflow["publicQueues"]> {
  const params = { path: { workflow_id } };
  try {
    const { mqprofiles } = await unwrapResponse(
      client.GET("/v1/mqs/workflows/{workflow_id}/mq-profiles/public", { params }),
    );
    return mqprofiles;
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 404) throw error;
    const reason = "its public message queues are known to an MQS that this service does not show";
    throw new CommandError(EXIT_CODE.failure, `cannot clone ${workflow_id}: ${reason}; submit its request file again`);
  }
}
