import type { TaskDirective } from "../../src/domain/taskDirective.js";
import type { Taskforce } from "../../src/domain/taskforce.js";
import type { Workflow } from "../../src/domain/workflow.js";
import type { RecordingClient } from "./recordingClient.js";

/** All entities as the service shows them. */
export interface ApiView {
  workflows: Map<string, Workflow>;
  directives: Map<string, TaskDirective>;
  taskforces: Map<string, Taskforce>;
}

/** Asks for everything, page by page. */
export async function readApiView(wire: RecordingClient): Promise<ApiView> {
  return {
    workflows: new Map(
      (await queryAll<Workflow>(wire, "workflows", "workflows")).map((each) => [each.workflow_id, each]),
    ),
    directives: new Map(
      (await queryAll<TaskDirective>(wire, "task-directives", "task_directives")).map((each) => [each.task_id, each]),
    ),
    taskforces: new Map(
      (await queryAll<Taskforce>(wire, "taskforces", "taskforces")).map((each) => [each.taskforce_uuid, each]),
    ),
  };
}

async function queryAll<T>(wire: RecordingClient, path: string, field: string): Promise<T[]> {
  const found: T[] = [];
  let after: unknown = null;
  do {
    const body = { query: {}, ...(after !== null && { after }) };
    const answer = await wire.sendUntilAnswered<Record<string, unknown>>("POST", `/v1/query/${path}`, {
      body,
    });
    found.push(...(answer.body[field] as T[]));
    after = answer.body["next_after"];
  } while (after !== null);
  return found;
}
