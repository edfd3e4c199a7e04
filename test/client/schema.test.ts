import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { typesOf, workflowRequestOf } from "../../client/scripts/generate.js";
import { createApiDocument } from "../../scripts/docs/apiDocument.js";
import { createConformanceClient } from "../api/conformanceClient.js";
import { startTestService } from "../setup/testService.js";

test("the client's types match the API's document (repair: npm run docs)", async () => {
  expect(readFileSync("client/src/schema.d.ts", "utf8")).toBe(await typesOf(await createApiDocument()));
});

test("the command line's schema matches the API's document (repair: npm run docs)", async () => {
  const made = workflowRequestOf(await createApiDocument());
  expect(readFileSync("client/src/cli/workflowRequest.ts", "utf8")).toBe(made);
});

test("the document equals that of a running service", async () => {
  const service = await startTestService();
  const client = await createConformanceClient(service.url);
  expect(client.document).toEqual(JSON.parse(JSON.stringify(await createApiDocument())));
  client.close();
  await service.close();
});
