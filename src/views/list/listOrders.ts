import type { ListOrder } from "../../domain/workflowDigest.js";
import { indexed, type WorkflowSet } from "./walkedSets.js";

/**
 * The sections of each order, from the first workflow to the last. The order is that of the scores of its set, the highest
 * first; the workflows of earlier sections are left out. In each last section the newest come first.
 */
export const SECTIONS: Readonly<Record<ListOrder, readonly WorkflowSet[]>> = {
  created: ["all"],
  change: [{ by: "change" }, "all"],
  severity: [indexed("attention", "error"), indexed("attention", "warning"), "all"],
  workers: [{ by: "workers" }, "all"],
};
