import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { signBody } from "../../src/webhooks/signature.js";
import { temporaryFolder } from "../setup/temporaryFolder.js";

const PAGE = readFileSync("docs/notifications.md", "utf8");
const SECRET = "the-secret-of-a-receiver";
const BODY = '{"event":"completed","name":"Kaskaden, größer"}';

/** The code of the page in a language. */
function codeIn(language: string): string {
  const [, code] = new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, "s").exec(PAGE) ?? [];
  if (code === undefined) throw new Error(`the page has no code in ${language}`);
  return code;
}

/** A genuine call, and calls that are not. */
function calls() {
  const now = Math.floor(Date.now() / 1000);
  const at = (timestamp: number, signature = signBody(SECRET, timestamp, BODY)) => ({ timestamp, signature });
  return {
    genuine: at(now),
    "with the signature of another time": at(now, signBody(SECRET, now - 1, BODY)),
    "with another secret": at(now, signBody("another-secret-of-it", now, BODY)),
    old: at(now - 3600),
  };
}

test("the code for Node accepts a genuine call alone", async () => {
  const file = join(await temporaryFolder(onTestFinished), "verify.mjs");
  writeFileSync(file, codeIn("js"));
  const { isGenuine } = (await import(pathToFileURL(file).href)) as {
    isGenuine(secret: string, headers: Record<string, string>, body: string): boolean;
  };
  for (const [kind, { timestamp, signature }] of Object.entries(calls())) {
    const headers = { "ewms-timestamp": String(timestamp), "ewms-signature": signature };
    expect([kind, isGenuine(SECRET, headers, BODY)]).toEqual([kind, kind === "genuine"]);
  }
});

test("the code for Python accepts a genuine call alone", async () => {
  const entries = Object.entries(calls());
  const headers = entries.map(([, { timestamp, signature }]) => ({
    "Ewms-Timestamp": String(timestamp),
    "Ewms-Signature": signature,
  }));
  const program = `${codeIn("python")}
import json, sys
secret, body, calls = json.loads(sys.argv[1])
print(json.dumps([is_genuine(secret, headers, body.encode()) for headers in calls]))
`;
  const input = JSON.stringify([SECRET, BODY, headers]);
  const { stdout } = await promisify(execFile)("python3", ["-c", program, input]);
  expect(JSON.parse(stdout)).toEqual(entries.map(([kind]) => kind === "genuine"));
});
