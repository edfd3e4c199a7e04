import { type Diagnosis, toDiagnosis } from "../../domain/diagnosis.js";
import { isTaskforceUuid, type WorkflowId, workflowOf } from "../../domain/ids.js";
import type { Deactivation } from "../../domain/workflow.js";
import type { Wms } from "../../lifecycle/context.js";
import { entityNotFound } from "../../lifecycle/entityNotFound.js";
import { requireWorkflow } from "../../lifecycle/requireWorkflow.js";
import { readFreshSummary } from "../summary/freshSummary.js";
import { waitsOfTaskforce } from "../summary/summarize.js";
import type { DiagnosedTaskforces } from "./facts.js";
import { readDiagnosisFacts } from "./readFacts.js";
import { findInTaskforces } from "./taskforceFindings.js";

/** Diagnoses a workflow: why it is waiting, and what needs attention. @throws WmsError `not-found` */
export async function diagnoseWorkflow(wms: Wms, text: string): Promise<Diagnosis> {
  const { id, record } = await requireWorkflow(wms, text);
  return diagnoseSummary(wms, id, await readFreshSummary(wms, id), record.deactivated);
}

/** The same from a summary of the workflow. */
export async function diagnoseSummary(
  wms: Wms,
  workflow: WorkflowId,
  summary: DiagnosedTaskforces,
  deactivated: Deactivation | undefined,
): Promise<Diagnosis> {
  const facts = await readDiagnosisFacts(wms, summary, {
    workflow,
    deactivated,
    includes: (uuid) => workflowOf(uuid) === workflow,
  });
  return toDiagnosis(findInTaskforces(summary, { kind: "workflow", id: workflow }, facts));
}

/** Diagnoses one taskforce. @throws WmsError `not-found` */
export async function diagnoseTaskforce(wms: Wms, uuid: string): Promise<Diagnosis> {
  const [record, owner] = isTaskforceUuid(uuid)
    ? await Promise.all([wms.store.fetch("taskforce", uuid), wms.store.fetch("workflow", workflowOf(uuid))])
    : [];
  if (record === undefined || !isTaskforceUuid(uuid)) throw await entityNotFound(wms, "taskforce", uuid);
  const taskforce = {
    n_taskforces: 1,
    taskforces_by_phase: { [record.phase]: 1 },
    waits: waitsOfTaskforce(wms, record),
  };
  const facts = await readDiagnosisFacts(wms, taskforce, {
    workflow: workflowOf(uuid),
    deactivated: owner?.deactivated,
    includes: (other) => other === uuid,
  });
  return toDiagnosis(findInTaskforces(taskforce, { kind: "taskforce", id: uuid }, facts));
}
