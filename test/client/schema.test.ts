import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { typesOf, workflowRequestOf } from "../../client/scripts/generate.js";
import { createApiDocument } from "../../scripts/docs/apiDocument.js";
import { createConformanceClient } from "../api/conformanceClient.js";
import { startTestService } from "../setup/testService.js";

test("the client's types are those of the API's document (else: npm run docs)", async () => {
  expect(readFileSync("client/src/schema.d.ts", "utf8")).toBe(await typesOf(await createApiDocument()));
});

test("the command line checks requests by the schema of the API's document (else: npm run docs)", async () => {
  const made = workflowRequestOf(await createApiDocument());
  expect(readFileSync("client/src/cli/workflowRequest.ts", "utf8")).toBe(made);
});

test("the document is the one that a service serves", async () => {
  const service = await startTestService();
  const client = await createConformanceClient(service.url);
  expect(client.document).toEqual(JSON.parse(JSON.stringify(await createApiDocument())));
  client.close();
  await service.close();
});
