import openapiTypescript, { astToString } from "openapi-typescript";

/** The part of an OpenAPI document that this script reads. */
interface Document {
  paths?: Record<
    string,
    { post?: { requestBody?: { content?: Record<string, { schema?: object }> } | { $ref: string } } }
  >;
}

const NOTE = "Made by `npm run docs` from the service's own OpenAPI document; a test keeps it true.";

/** The client's types: `client/src/schema.d.ts`. */
export async function typesOf(document: object): Promise<string> {
  // The document is untyped JSON; a test validates it.
  const types = await openapiTypescript(document as never, { alphabetize: true });
  return `// ${NOTE}\n${astToString(types)}`;
}

/** The schema with which the command line validates requests: `client/src/cli/workflowRequest.ts`. */
export function workflowRequestOf(document: Document): string {
  const body = document.paths?.["/v1/workflows"]?.post?.requestBody;
  const schema = body && "content" in body ? body.content?.["application/json"]?.schema : undefined;
  if (schema === undefined) throw new Error("the document has no body for POST /v1/workflows");
  const text = JSON.stringify(schema, withoutSlowRule, 2);
  if (text.includes('"$ref"')) throw new Error("the schema of POST /v1/workflows refers to others");
  return `// ${NOTE}
import type { Schema } from "@cfworker/json-schema";

/** The body of \`POST /v1/workflows\`, as JSON schema. */
export const WORKFLOW_REQUEST: Schema = ${text};
`;
}

/** Removes `uniqueItems` from lists of objects: comparing thousands of objects takes minutes. The service checks it. */
const withoutSlowRule = (_key: string, part: unknown): unknown => {
  if (typeof part !== "object" || part === null || !("uniqueItems" in part)) return part;
  const { uniqueItems, ...rest } = part as { uniqueItems: unknown; items?: { type?: string } };
  return rest.items?.type === "object" ? rest : part;
};
