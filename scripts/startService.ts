import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** A service with its own Redis and folder. */
export interface StartedService {
  url: string;
  stop(): Promise<void>;
}

/** Starts the built service for screenshots and recordings. */
export async function startBuiltService(): Promise<StartedService> {
  const dataDir = await mkdtemp(join(tmpdir(), "wms-pictures-"));
  const env = { PATH: process.env["PATH"], REST_PORT: "0", DATA_DIR: dataDir, TMS_RETRY_WAIT: "0" };
  const child = spawn(process.execPath, ["dist/main.js"], { env, stdio: ["ignore", "pipe", "inherit"] });
  const stop = async () => {
    const closed = once(child, "close");
    if (child.kill("SIGTERM")) await closed;
    await rm(dataDir, { recursive: true, force: true });
  };
  return { url: await readServiceUrl(child), stop };
}

async function readServiceUrl({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new Error("the service has no stdout");
  for await (const line of createInterface({ input: stdout })) {
    const url = /WMS listens on (\S+)/.exec(line)?.[1];
    if (url !== undefined) return url;
  }
  throw new Error("the service ended before it listened; its log shows the reason");
}
