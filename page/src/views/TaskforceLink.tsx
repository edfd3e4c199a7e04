import { shortId } from "../parts/format.ts";
import { hrefOf } from "../paths/basePath.ts";
import { extractWorkflowId } from "../paths/workflowIds.ts";

/** A link from a taskforce to its workflow; only the text if that is no uuid of a taskforce. */
export function TaskforceLink({ uuid }: { uuid: string }) {
  const workflowId = extractWorkflowId(uuid);
  if (workflowId === undefined) return <code>{uuid}</code>;
  return (
    <a href={hrefOf(`/workflows/${workflowId}`)} title={uuid}>
      <code>{shortId(uuid)}</code> of <code>{workflowId}</code>
    </a>
  );
}
