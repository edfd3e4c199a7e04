import { ATTENTION_CODES, type AttentionCode, type FoundFact, worstSeverity } from "../../domain/diagnosis.js";
import type { DiagnosedTaskforces } from "./facts.js";
import { findStarterWaits } from "./scheddFindings.js";
import { findDeadLetters } from "./taskforceFindings.js";
import { findIdleWorkers } from "./workerFindings.js";

/** The findings about an active workflow that need attention and are counted, by importance. */
export function findAttentionFacts(taskforces: DiagnosedTaskforces, nowSeconds: number): FoundFact[] {
  const found = findInSummary(taskforces, nowSeconds);
  return ATTENTION_CODES.flatMap((code) => found.filter((fact) => fact.code === code));
}

/** What follows from the summary of an active workflow alone. */
function findInSummary({ waits, n_taskforces: total }: DiagnosedTaskforces, nowSeconds: number): FoundFact[] {
  return [
    ...findDeadLetters(waits),
    ...waits.starter.flatMap((wait) => findStarterWaits(wait, undefined, { total, nowSeconds })),
    ...findIdleWorkers(waits.workers, { kind: "workflow", id: "" }),
  ];
}

/** How urgent the state of an active workflow is, as far as its summary shows; undefined: it needs no attention. */
export function findSeverity(taskforces: DiagnosedTaskforces, nowSeconds: number): "error" | "warning" | undefined {
  const codes = findInSummary(taskforces, nowSeconds).map(({ code }) => code);
  const isActivationFailing = (taskforces.waits.activation?.error ?? null) !== null;
  const worst = worstSeverity(isActivationFailing ? [...codes, "activation-failing"] : codes);
  return worst === "info" ? undefined : worst;
}

/** The codes of {@link findAttentionFacts}. */
export function findAttention(taskforces: DiagnosedTaskforces, nowSeconds: number): AttentionCode[] {
  const codes = new Set<string>(findAttentionFacts(taskforces, nowSeconds).map(({ code }) => code));
  return ATTENTION_CODES.filter((code) => codes.has(code));
}
