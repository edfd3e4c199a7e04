import type { ImportSource } from "../importWorkflows.js";
import { type RuleCounts, toExportedWorkflow } from "./documents.js";
import type { WorkflowGroup } from "./groupByWorkflow.js";

/** The workflows of groups of documents. @param counts gets the rules that were applied */
export async function* toImportSource(
  groups: AsyncIterable<WorkflowGroup>,
  counts: RuleCounts,
): ImportSource & AsyncGenerator {
  for await (const { workflowId, documents } of groups) {
    const result = toExportedWorkflow(workflowId, documents, counts);
    yield "reject" in result ? result : { place: "MongoDB", ...result };
  }
}
