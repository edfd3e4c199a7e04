import openapiTypescript, { astToString } from "openapi-typescript";
import { type DocumentWithRequest, requestSchemaOf } from "../src/request/requestSchema.js";

const NOTE = "Made by `npm run docs` from the service's own OpenAPI document; a test keeps it true.";

/** The client's types: `client/src/schema.d.ts`. */
export async function typesOf(document: object): Promise<string> {
  // The document is untyped JSON; a test validates it.
  const types = await openapiTypescript(document as never, { alphabetize: true });
  return `// ${NOTE}\n${astToString(types)}`;
}

/** The schema with which the command line validates requests: `client/src/cli/workflowRequest.ts`. */
export function workflowRequestOf(document: DocumentWithRequest): string {
  const { schema } = requestSchemaOf(document);
  return `// ${NOTE}
import type { Schema } from "@cfworker/json-schema";

/** The body of \`POST /v1/workflows\`, as JSON schema. */
export const WORKFLOW_REQUEST: Schema = ${JSON.stringify(schema, undefined, 2)};
`;
}
