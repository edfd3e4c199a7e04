import { useEffect, useMemo } from "preact/hooks";
import { fetchAnnotations } from "../api/apiRequests.ts";
import type { ShownAnnotations } from "../api/apiTypes.ts";
import { createRefreshable, type Refreshable } from "../live/refreshable.ts";

/** The annotations of a workflow. They are not loaded before the first `refresh`: {@link AnnotationsCard} calls it. */
export function useAnnotations(workflowId: string): Refreshable<ShownAnnotations> {
  const annotations = useMemo(() => createRefreshable((signal) => fetchAnnotations(workflowId, signal)), [workflowId]);
  useEffect(() => annotations.dispose, [annotations]);
  return annotations;
}
