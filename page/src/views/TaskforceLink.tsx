import { shortId } from "../parts/format.ts";
import { workflowUrl } from "../paths/workflowAddress.ts";
import { extractWorkflowId } from "../paths/workflowIds.ts";

/** A link to a taskforce in the view of its workflow; only the text if it is no uuid of a taskforce. */
export function TaskforceLink({ uuid }: { uuid: string }) {
  const workflowId = extractWorkflowId(uuid);
  if (workflowId === undefined) return <code>{uuid}</code>;
  return (
    <a href={workflowUrl(workflowId, { taskforce: uuid })} title={uuid}>
      <code>{shortId(uuid)}</code> of <code>{workflowId}</code>
    </a>
  );
}
