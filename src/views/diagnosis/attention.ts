import { ATTENTION_CODES, type AttentionCode, type FoundFact } from "../../domain/diagnosis.js";
import type { DiagnosedTaskforces } from "./facts.js";
import { findStarterWaits } from "./scheddFindings.js";
import { findDeadLetters } from "./taskforceFindings.js";
import { findIdleWorkers } from "./workerFindings.js";

/** The findings about an active workflow that need attention and follow from its summary alone, by importance. */
export function findAttentionFacts(
  { waits, n_taskforces: total }: DiagnosedTaskforces,
  nowSeconds: number,
): FoundFact[] {
  const found: FoundFact[] = [
    ...findDeadLetters(waits),
    ...waits.starter.flatMap((wait) => findStarterWaits(wait, undefined, { total, nowSeconds })),
    ...findIdleWorkers(waits.workers, { kind: "workflow", id: "" }),
  ];
  return ATTENTION_CODES.flatMap((code) => found.filter((fact) => fact.code === code));
}

/** The codes of {@link findAttentionFacts}. */
export function findAttention(taskforces: DiagnosedTaskforces, nowSeconds: number): AttentionCode[] {
  const codes = new Set<string>(findAttentionFacts(taskforces, nowSeconds).map(({ code }) => code));
  return ATTENTION_CODES.filter((code) => codes.has(code));
}
