import { ATTENTION_CODES, type AttentionCode, type FoundFact } from "../../domain/diagnosis.js";
import type { DiagnosedTaskforces } from "./facts.js";
import { findStarterWaits } from "./scheddFindings.js";
import { findDeadLetters } from "./taskforceFindings.js";
import { findIdleWorkers } from "./workerFindings.js";

/** The codes of the findings about an active workflow that need attention and follow from its summary alone. */
export function findAttention(
  { waits, n_taskforces: total }: DiagnosedTaskforces,
  nowSeconds: number,
): AttentionCode[] {
  const found: FoundFact[] = [
    ...findDeadLetters(waits),
    ...waits.starter.flatMap((wait) => findStarterWaits(wait, undefined, { total, nowSeconds })),
    ...findIdleWorkers(waits.workers, { kind: "workflow", id: "" }),
  ];
  const codes = new Set<string>(found.map(({ code }) => code));
  return ATTENTION_CODES.filter((code) => codes.has(code));
}
