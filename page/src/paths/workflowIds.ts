/** The id of the workflow to which an id of a workflow, task, taskforce or queue belongs. */
export function extractWorkflowId(text: string): string | undefined {
  const [, id] = /^(?:WF|TK|TF|MQ)-([0-9a-f]{8}-[0-9a-f]{8})\b/.exec(text.trim()) ?? [];
  return id === undefined ? undefined : `WF-${id}`;
}
