import type { Schema } from "@cfworker/json-schema";

/** The part of an OpenAPI document that holds the body of a creation. */
export interface DocumentWithRequest {
  paths?: Record<string, { post?: { requestBody?: { content?: Record<string, RequestContent> } | { $ref: string } } }>;
}

interface RequestContent {
  schema?: object;
  example?: unknown;
}

/**
 * The body of `POST /v1/workflows` in the service's OpenAPI document: its schema and example.
 *
 * @throws Error if the document has none, or if the schema refers to others
 */
export function requestSchemaOf(document: DocumentWithRequest): { schema: Schema; example: unknown } {
  const body = document.paths?.["/v1/workflows"]?.post?.requestBody;
  const content = body && "content" in body ? body.content?.["application/json"] : undefined;
  if (content?.schema === undefined) throw new Error("the document has no body for POST /v1/workflows");
  const text = JSON.stringify(content.schema, withoutSlowRule);
  if (text.includes('"$ref"')) throw new Error("the schema of POST /v1/workflows refers to others");
  return { schema: JSON.parse(text) as Schema, example: content.example };
}

/** Removes `uniqueItems` from lists of objects: comparing thousands of objects takes minutes. The service checks it. */
const withoutSlowRule = (_key: string, part: unknown): unknown => {
  if (typeof part !== "object" || part === null || !("uniqueItems" in part)) return part;
  const { uniqueItems, ...rest } = part as { uniqueItems: unknown; items?: { type?: string } };
  return rest.items?.type === "object" ? rest : part;
};
