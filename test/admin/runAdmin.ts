import { Writable } from "node:stream";
import { runAdmin } from "../../src/admin/run.js";
import { toServiceSettings } from "../setup/testRedis.js";

/** What a command has printed. */
export interface AdminResult {
  code: number;
  stdout: string;
  stderr: string;
}

class TextSink extends Writable {
  text = "";
  isTTY = false;

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

/** Runs a command of `ewms-admin` in this process. @param redisUrl a database of the tests */
export async function admin(redisUrl: string, args: string[], env: Record<string, string> = {}): Promise<AdminResult> {
  const stdout = new TextSink();
  const stderr = new TextSink();
  const code = await runAdmin(args, {
    env: toServiceSettings({ STORE_PARTITIONS: "16", REDIS_URL: redisUrl, ...env }),
    stdout,
    stderr,
  });
  return { code, stdout: stdout.text, stderr: stderr.text };
}
