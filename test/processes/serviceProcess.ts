import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inject, onTestFinished } from "vitest";
import { settingsOf } from "../setup/testRedis.js";
import { Program, type ProgramName, until } from "./serviceProgram.js";
import { WORKFLOW_REQUEST } from "./workflowRequestJson.js";

export { type LogLine, until } from "./serviceProgram.js";
export { WORKFLOW_REQUEST, workflowRequest } from "./workflowRequestJson.js";

/** A program of the service as a real process. It is killed when its test has ended, or later where that is asked for. */
export class ServiceProcess extends Program {
  /** @param atEnd is given what kills the process */
  constructor(
    program: ProgramName,
    environment: Record<string, string>,
    atEnd: (kill: () => Promise<void>) => void = onTestFinished,
  ) {
    super(inject("built"), program, settingsOf(environment));
    atEnd(() => this.kill());
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
