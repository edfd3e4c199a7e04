/** What the document says of the parameters in paths. */
export const PATH_PARAMETER_DESCRIPTIONS: Readonly<Record<string, string>> = {
  workflow_id: "Id of a workflow: WF-<hex epoch seconds>-<8 hex>.",
  task_id: "Id of a task directive: TK-<workflow id without WF->-<8 hex>.",
  schedd: "Name of an HTCondor access point.",
  taskforce_uuid: "Uuid of a taskforce: TF-<task id without TK->-<8 hex>.",
};
