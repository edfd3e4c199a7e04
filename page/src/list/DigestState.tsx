import { digestState } from "../../../client/src/digestState.js";
import type { WorkflowDigest } from "../api/apiTypes.ts";

const SYMBOLS = { attention: "⚠", waiting: "◷", running: "▶", completed: "■", aborted: "✕", finished: "✓" } as const;

/** The state of a workflow as text and symbol. */
export function DigestBadge({ row }: { row: WorkflowDigest }) {
  const { kind, label } = digestState(row);
  return (
    <span class={`state is-${kind}`}>
      <span aria-hidden="true">{SYMBOLS[kind]}</span> {label}
    </span>
  );
}
