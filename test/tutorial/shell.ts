import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { onTestFinished } from "vitest";
import { waitUntil } from "../setup/waitFor.js";

/** Milliseconds for one command: `npm start` builds first. */
const COMMAND_TIMEOUT_MS = 60_000;

/** A process of a terminal that ends with the test, with its children. */
class TerminalProcess {
  output = "";
  readonly child: ChildProcess;
  readonly closed: Promise<unknown>;

  constructor(args: string[], env: NodeJS.ProcessEnv, cwd: string) {
    // A process group, so that the children of npm end, too.
    this.child = spawn("bash", args, { env, cwd, detached: true, stdio: ["pipe", "pipe", "pipe"] });
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.setEncoding("utf8").on("data", (text: string) => {
        this.output += text;
      });
    this.closed = once(this.child, "close");
    onTestFinished(async () => {
      this.signal("SIGTERM");
      const late = setTimeout(() => this.signal("SIGKILL"), 10_000);
      await this.closed;
      clearTimeout(late);
    });
  }

  signal(signal: NodeJS.Signals): void {
    try {
      if (this.child.pid !== undefined) process.kill(-this.child.pid, signal);
    } catch {
      // The process group has ended.
    }
  }
}

/** A terminal with one command in the background. */
export class BackgroundCommand extends TerminalProcess {
  constructor(command: string, env: NodeJS.ProcessEnv, cwd: string) {
    super(["-c", `exec 2>&1; ${command}`], env, cwd);
  }
}

/** A shell that runs one command after the other and keeps its variables. */
export class Shell extends TerminalProcess {
  constructor(env: NodeJS.ProcessEnv, cwd: string) {
    super(["-s"], env, cwd);
  }

  /** @returns the output of the command on stdout and stderr */
  async run(command: string): Promise<string> {
    const begun = this.output.length;
    const end = `--- ${begun} ---`;
    this.child.stdin?.write(`{ ${command}\n} </dev/null 2>&1\nprintf '%s\\n' '${end}'\n`);
    await waitUntil(`${command} ends`, () => this.output.slice(begun).includes(`${end}\n`), COMMAND_TIMEOUT_MS);
    return this.output.slice(begun).replace(`${end}\n`, "");
  }

  /** The value of a variable. */
  async readVariable(name: string): Promise<string> {
    return (await this.run(`echo "$${name}"`)).trim();
  }
}
