import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { WORKFLOW_REQUEST_JSON } from "../processes/workflowRequestJson.js";
import { installPythonPackages } from "../setup/python.js";
import { temporaryFolder } from "../setup/temporaryFolder.js";
import { startTestService, type TestService } from "../setup/testService.js";

const run = promisify(execFile);
const bin = await installPythonPackages(["openapi-python-client"], afterAll);

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service?.close());

it("openapi-typescript makes types with which a program calls the service", async () => {
  const folder = await temporaryFolder();
  const generator = resolve("client/node_modules/openapi-typescript/bin/cli.js");
  const types = join(folder, "schema.d.ts");
  await run(process.execPath, [generator, `${service.url}/v1/schema/openapi`, "--output", types]);
  await writeFile(
    join(folder, "call.mts"),
    `import type { operations } from "./schema.js";
type Creation = operations["createWorkflow"];
const body: Creation["requestBody"]["content"]["application/json"] = ${WORKFLOW_REQUEST_JSON};
const response = await fetch("${service.url}/v1/workflows", { method: "POST", body: JSON.stringify(body) });
const created = (await response.json()) as Creation["responses"][200]["content"]["application/json"];
const phases: (string | undefined)[] = created.taskforces.map(({ phase }) => phase);
console.log(phases.join());
// @ts-expect-error: no such field
void created.nothing;
`,
  );
  const options = ["--strict", "--module", "nodenext", "--target", "es2023", "--lib", "es2023,dom", "--outDir", "out"];
  const compiler = resolve("node_modules/typescript/bin/tsc");
  await run(process.execPath, [compiler, ...options, "call.mts"], { cwd: folder }).catch(({ stdout }) => {
    throw new Error(stdout);
  });
  expect((await run(process.execPath, ["out/call.mjs"], { cwd: folder })).stdout).toBe("pre-mq-activation\n");
}, 60_000);

it.runIf(bin)(
  "openapi-python-client makes a package with which a program calls the service (needs python3 with venv, and PyPI)",
  async () => {
    const folder = await temporaryFolder();
    const generate = ["generate", "--url", `${service.url}/v1/schema/openapi`, "--meta", "none"];
    const { stdout, stderr } = await run(
      join(bin ?? "", "openapi-python-client"),
      [...generate, "--output-path", "wms_api"],
      { cwd: folder, env: { PATH: `${bin}:${process.env["PATH"]}` } },
    );
    // The generator leaves out what it cannot express, with a warning.
    expect(stdout + stderr).not.toMatch(/WARNING parsing (POST|GET) \/v1\/(workflows|taskforces)/);
    const program = `
import json
from wms_api import Client
from wms_api.api.workflows import create_workflow, get_workflow
from wms_api.models import CreateWorkflowBody

client = Client(base_url="${service.url}")
body = CreateWorkflowBody.from_dict(json.loads('${WORKFLOW_REQUEST_JSON}'))
created = create_workflow.sync(client=client, body=body)
workflow = get_workflow.sync(created.workflow.workflow_id, client=client)
print(workflow.workflow_id == created.workflow.workflow_id, workflow.priority)
`;
    await writeFile(join(folder, "call.py"), program);
    const called = await run(join(bin ?? "", "python"), ["call.py"], { cwd: folder }).catch(({ stderr }) => {
      throw new Error(stderr);
    });
    expect(called.stdout).toBe("True 50\n");
  },
  240_000,
);
