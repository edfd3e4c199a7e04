import { Readable, Writable } from "node:stream";
import { run } from "../../client/src/cli/run.js";
import { CACHE_FOLDER, type ProcessResult, type StartOptions } from "./cliProcess.js";

/** Collects the output of a command. */
class TextSink extends Writable {
  text = "";
  isTTY = false;

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

/** Runs a command of `ewms` in this process, with its output in a pipe or, with `columns`, on a terminal. */
export async function runCli(
  args: string[],
  { env = {}, input = "", isTerminal = false, columns }: StartOptions = {},
): Promise<ProcessResult> {
  const stdout = new TextSink();
  const stderr = new TextSink();
  stderr.isTTY = isTerminal;
  stdout.isTTY = columns !== undefined;
  const output = Object.assign(stdout, columns !== undefined && { columns });
  const code = await run(args, {
    env: { XDG_CACHE_HOME: CACHE_FOLDER, ...env },
    stdin: Readable.from([input]),
    stdout: output,
    stderr,
  });
  return { code, stdout: stdout.text, stderr: stderr.text };
}
