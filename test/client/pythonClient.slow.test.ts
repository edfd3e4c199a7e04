import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { copyFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, expect, it, onTestFinished } from "vitest";
import { installPythonPackages } from "../setup/python.js";
import { temporaryFolder } from "../setup/temporaryFolder.js";
import { startTestService } from "../setup/testService.js";
import { matchesOutput, parseBlocks } from "../tutorial/tutorialPage.js";

const bin = await installPythonPackages(["wipac-rest-tools"], afterAll);
const page = readFileSync("docs/python.md", "utf8");

/** The program of the page. */
const program = [...page.matchAll(/^```python\n([\s\S]*?)^```/gm)].map(([, text = ""]) => text).join("\n");

it.runIf(bin)(
  "docs/python.md, with the client wipac-rest-tools (needs python3 with venv, and PyPI)",
  async () => {
    const service = await startTestService();
    onTestFinished(() => service.close());
    const folder = await temporaryFolder();
    await copyFile("examples/workflow.json", join(folder, "workflow.json"));
    await writeFile(join(folder, "example.py"), program);
    const environment = { EWMS_URL: service.url, PATH: process.env["PATH"] };
    const { stdout } = await promisify(execFile)(join(bin ?? "", "python"), ["example.py"], {
      cwd: folder,
      env: environment,
      timeout: 60_000,
    });

    const [step] = parseBlocks("docs/python.md").flatMap((block) => (block.kind === "steps" ? block.steps : []));
    expect(matchesOutput(stdout, step?.output ?? []), stdout).toBe(true);
  },
  240_000,
);
