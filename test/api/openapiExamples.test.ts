import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { createApiDocument } from "../../scripts/docs/apiDocument.js";

interface Content {
  schema: object;
  example?: unknown;
}

interface Operation {
  operationId: string;
  summary: string;
  description: string;
  security: unknown[];
  parameters?: { name: string; in: string; example?: unknown; schema: object }[];
  requestBody?: { content: Record<string, Content> };
  responses: Record<string, { content: Record<string, Content> }>;
}

const document = JSON.parse(JSON.stringify(await createApiDocument())) as {
  servers: { url: string }[];
  components: { securitySchemes: object };
  paths: Record<string, Record<string, Operation>>;
};
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(
    ([method, operation]) => [`${method} ${path}`, operation, ["paths", path, method]] as const,
  ),
);
/** Knows the whole document, so that it compiles each of its schemas once. */
const ajv = new Ajv2020({ strict: false, allErrors: true }).addSchema(document, "document");

/** Checks an example against its schema. @param steps from the document to the content @returns what does not fit */
function misfitOf(steps: readonly string[], { example }: Content): string {
  const pointer = [...steps, "schema"].map((step) =>
    encodeURIComponent(step.replaceAll("~", "~0").replaceAll("/", "~1")),
  );
  const validate = ajv.compile({ $ref: `document#/${pointer.join("/")}` });
  return validate(example) ? "" : ajv.errorsText(validate.errors);
}

describe("the API's document", () => {
  it("gives each operation a name of its own and a summary", () => {
    const names = operations.map(([, { operationId }]) => operationId);
    expect(new Set(names).size).toBe(names.length);
    for (const [, { operationId, summary, description }] of operations) {
      expect(operationId).toMatch(/^[a-z][A-Za-z]+$/);
      expect(summary).toMatch(/^[A-Z][^.]{5,60}$/);
      expect(description).not.toBe("");
    }
  });

  it("names its server and how callers authenticate", () => {
    expect(document.servers).toEqual([{ url: "/", description: "This service." }]);
    expect(document.components.securitySchemes).toHaveProperty("token");
    for (const [name, { security }] of operations)
      expect([name, security]).toEqual([name, /\/(healthz|readyz)$/.test(name) ? [] : [{ token: [] }]]);
  });

  it.each(operations)(
    "has examples for %s that conform to its schemas",
    (_, { requestBody, responses, parameters }, steps) => {
      const contents = [
        ...Object.entries(requestBody?.content ?? {}).map(
          ([type, content]) => [["requestBody", "content", type], content] as const,
        ),
        ...Object.entries(responses).flatMap(([status, { content }]) =>
          Object.entries(content).map(([type, each]) => [["responses", status, "content", type], each] as const),
        ),
      ];
      for (const [more, content] of contents) {
        expect(content).toHaveProperty("example");
        expect(misfitOf([...steps, ...more], content)).toBe("");
      }
      for (const { name, in: place, example } of parameters ?? [])
        if (place === "path") expect([name, example]).toEqual([name, expect.any(String)]);
    },
  );

  it("has the example of the repository for the creation of a workflow", () => {
    const creation = document.paths["/v1/workflows"]?.["post"];
    const example = creation?.requestBody?.content["application/json"]?.example;
    expect(example).toEqual(JSON.parse(readFileSync("examples/workflow.json", "utf8")));
  });
});
