import type { TaskDirective } from "../../src/domain/taskDirective.js";
import type { Taskforce } from "../../src/domain/taskforce.js";
import type { Workflow } from "../../src/domain/workflow.js";
import type { RecordingClient } from "./recordingClient.js";

/** All entities that the API returns. */
export interface ApiView {
  workflows: Map<string, Workflow>;
  directives: Map<string, TaskDirective>;
  taskforces: Map<string, Taskforce>;
}

/** Queries all entities, page by page. */
export async function readApiView(client: RecordingClient): Promise<ApiView> {
  return {
    workflows: new Map(
      (await queryAll<Workflow>(client, "workflows", "workflows")).map((each) => [each.workflow_id, each]),
    ),
    directives: new Map(
      (await queryAll<TaskDirective>(client, "task-directives", "task_directives")).map((each) => [each.task_id, each]),
    ),
    taskforces: new Map(
      (await queryAll<Taskforce>(client, "taskforces", "taskforces")).map((each) => [each.taskforce_uuid, each]),
    ),
  };
}

async function queryAll<T>(client: RecordingClient, path: string, field: string): Promise<T[]> {
  const found: T[] = [];
  let after: unknown = null;
  do {
    const body = { query: {}, ...(after !== null && { after }) };
    const response = await client.sendUntilAnswered<Record<string, unknown>>("POST", `/v1/query/${path}`, {
      body,
    });
    found.push(...(response.body[field] as T[]));
    after = response.body["next_after"];
  } while (after !== null);
  return found;
}
