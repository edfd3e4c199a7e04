import { formatLabels } from "../../../client/src/annotationHeaders.js";
import { requestSchemaOf } from "../../../client/src/request/requestSchema.js";
import { fetchAnnotations, fetchApiDocument, fetchWorkflowRequest } from "../api/apiRequests.ts";

/** The start of a submission: an empty text, or the request of another workflow. */
export interface Draft extends ReturnType<typeof requestSchemaOf> {
  text: string;
  name: string;
  labels: string;
}

/** Loads the schema of requests, and the workflow to clone. @param clone its id; undefined: none */
export async function loadDraft(clone: string | undefined): Promise<Draft> {
  const [document, request, annotations] = await Promise.all([
    fetchApiDocument(),
    clone === undefined ? undefined : fetchWorkflowRequest(clone),
    clone === undefined ? undefined : fetchAnnotations(clone),
  ]);
  return {
    ...requestSchemaOf(document),
    text: request === undefined ? "" : formatJson(request),
    name: annotations?.name ?? "",
    labels: formatLabels(annotations?.labels ?? {}),
  };
}

/** A value as indented JSON. */
export const formatJson = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;
