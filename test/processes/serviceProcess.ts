import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { inject, onTestFinished } from "vitest";

/** Milliseconds between two looks at a condition. */
const LOOK_AGAIN = 20;
/** Milliseconds after which a condition that does not come true fails its test. */
const DEADLINE = 20_000;

/** Waits until the condition holds. @param within milliseconds */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  within = DEADLINE,
): Promise<void> {
  const deadline = Date.now() + within;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`${what}: did not come true`);
    await wait(LOOK_AGAIN);
  }
}

/** A line of a service's log. */
export interface LogLine {
  msg?: string;
  level?: number;
  [field: string]: unknown;
}

/** A program of the service as a real process. It is killed when its test has ended, or later where that is asked for. */
export class ServiceProcess {
  stdout = "";
  stderr = "";
  readonly #child: ChildProcess;
  readonly #closed: Promise<void>;

  /** @param atEnd is given what kills the process */
  constructor(
    program: "main" | "web" | "worker",
    environment: Record<string, string>,
    atEnd: (kill: () => Promise<void>) => void = onTestFinished,
  ) {
    // Nothing of the tests' own environment: a REDIS_URL for them is none for this process.
    const env = { PATH: process.env["PATH"], REST_PORT: "0", ...environment };
    this.#child = spawn(process.execPath, [join(inject("built"), "dist", `${program}.js`)], {
      env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      this.stdout += text;
    });
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.stderr += text;
    });
    this.#closed = once(this.#child, "close").then(() => undefined);
    atEnd(async () => {
      this.signal("SIGKILL");
      await this.#closed;
    });
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** The exit code, or the signal that ended it, once all it wrote has been read. */
  async ended(): Promise<number | NodeJS.Signals | null> {
    await this.#closed;
    return this.#child.exitCode ?? this.#child.signalCode;
  }

  /** Waits for something on stdout or stderr, and gives back the first group of the pattern. */
  async says(pattern: RegExp): Promise<string> {
    const output = () => `${this.stdout}\n${this.stderr}`;
    await until(`${pattern} in the output`, () => {
      if (pattern.test(output())) return true;
      if (this.hasEnded) throw new Error(`ended without saying ${pattern}:\n${output()}`);
      return false;
    });
    return pattern.exec(output())?.[1] ?? "";
  }

  /** What it has logged so far. */
  logLines(): LogLine[] {
    const whole = this.stderr.split("\n").slice(0, -1);
    return whole.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line) as LogLine);
  }

  /** The address of the API, once it listens. */
  url(): Promise<string> {
    return this.says(/WMS listens on (\S+)/);
  }

  /** The port of the Redis that the process started, once that runs. */
  async redisPort(): Promise<number> {
    return Number(await this.says(/Redis: .* of its own on port (\d+)/));
  }
}

/** An empty folder that is gone when the test has ended. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "wms-test-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Whether something accepts connections on a port of this machine. */
export async function accepts(port: number): Promise<boolean> {
  const socket = createConnection({ host: "127.0.0.1", port });
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** The body of a request for a small workflow. @param changes fields of its one task */
export const workflowRequest = (changes: object = {}): string =>
  JSON.stringify({
    public_queue_aliases: [],
    tasks: [
      {
        cluster_locations: ["test-alpha"],
        task_image: "/cvmfs/images/task:1",
        task_args: "",
        input_queue_aliases: [],
        output_queue_aliases: [],
        worker_config: {
          do_transfer_worker_stdouterr: false,
          max_worker_runtime: 3600,
          n_cores: 1,
          priority: 0,
          worker_disk: "1GB",
          worker_memory: "1GB",
          condor_requirements: "",
        },
        ...changes,
      },
    ],
  });

/** @see workflowRequest */
export const WORKFLOW_REQUEST = workflowRequest();

/** Sends the head of a request whose body is still to come, and gives back the connection. */
export async function beginRequest(
  url: string,
): Promise<{ write(text: string): void; answer: Promise<string> }> {
  const socket = createConnection(Number(new URL(url).port), "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  await once(socket, "connect");
  let received = "";
  socket.setEncoding("utf8").on("data", (text: string) => {
    received += text;
  });
  const answer = once(socket, "close").then(() => received);
  const headers = [`Content-Length: ${WORKFLOW_REQUEST.length}`, "Expect: 100-continue"];
  socket.write(["POST /v1/workflows HTTP/1.1", "Host: wms", ...headers, "", ""].join("\r\n"));
  await until("the service has the request", () => received.includes("100 Continue"));
  return { write: (text) => void socket.write(text), answer };
}

async function answerOf<T>(request: Promise<Response>): Promise<T> {
  const response = await request;
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${response.url}: ${response.status} ${text}`);
  return JSON.parse(text) as T;
}

/** Asks a service for a small workflow. @returns the paths of the workflow and of its one taskforce */
export async function createWorkflow(
  url: string,
  body = WORKFLOW_REQUEST,
): Promise<{ workflow: string; taskforce: string }> {
  const created = await answerOf<{
    workflow: { workflow_id: string };
    taskforces: { taskforce_uuid: string }[];
  }>(fetch(`${url}/v1/workflows`, { method: "POST", body }));
  return {
    workflow: `/v1/workflows/${created.workflow.workflow_id}`,
    taskforce: `/v1/taskforces/${created.taskforces[0]?.taskforce_uuid}`,
  };
}

/** Reads a workflow or taskforce. */
export const read = <T>(url: string, path: string): Promise<T> => answerOf<T>(fetch(url + path));
