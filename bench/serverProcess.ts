import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

/** A measured server in a separate process. */
export interface ServerProcess {
  url: string;
  pid: number;
  /** Whether the process has ended. */
  hasEnded(): boolean;
  /** Ends the process with SIGTERM, so that it finishes its work. */
  stop(): Promise<void>;
  /** Kills the process, also when its event loop is blocked. */
  kill(): Promise<void>;
}

/** The options of Node with which a deployment starts the service: those of `npm run start:web`. */
export function deployedNodeOptions(): string[] {
  const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as { scripts: Record<string, string> };
  return scripts["start:web"]?.split(" ").filter((word) => word.startsWith("--")) ?? [];
}

/**
 * Starts a program and waits for the line with its address, or with that of its metrics.
 *
 * @param args the arguments of `node`
 * @throws Error if the program ends before that
 */
export async function startServerProcess(
  args: string[],
  environment: Record<string, string> = {},
): Promise<ServerProcess> {
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const url = await Promise.race([waitForUrl(child), rejectOnExit(child)]);
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  const endBy = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    if (!hasEnded()) await once(child, "exit");
  };
  return { url, pid: child.pid ?? 0, hasEnded, stop: () => endBy("SIGTERM"), kill: () => endBy("SIGKILL") };
}

async function waitForUrl(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error("the server process has no stdout");
  for await (const line of createInterface({ input: child.stdout })) {
    const [, url] = /(?:listens on |Metrics: )(http:\/\/[^/\s]+)/.exec(line) ?? [];
    if (url === undefined) continue;
    child.stdout.resume();
    return url;
  }
  return new Promise(() => {});
}

async function rejectOnExit(child: ChildProcess): Promise<never> {
  const [code] = await once(child, "exit");
  throw new Error(`${child.spawnargs.join(" ")} ended with ${code} before it listened`);
}
