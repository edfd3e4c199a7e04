import { type HistoryResponse, toHistoryResponse } from "../../domain/history.js";
import type { Wms } from "../../lifecycle/context.js";
import { requireWorkflow } from "../../lifecycle/requireWorkflow.js";

/** Reads a workflow's history. @throws WmsError `not-found` */
export async function readHistory(wms: Wms, text: string): Promise<HistoryResponse> {
  const { id } = await requireWorkflow(wms, text);
  return toHistoryResponse(id, await wms.store.summaries.fetchHistory(id));
}
