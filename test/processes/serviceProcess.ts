import { once } from "node:events";
import { createConnection } from "node:net";
import { inject, onTestFinished } from "vitest";
import { type RequestOptions, sendRequest } from "../setup/http.js";
import { toServiceSettings } from "../setup/testRedis.js";
import { waitUntil } from "../setup/waitFor.js";
import { Program, type ProgramName } from "./serviceProgram.js";
import { WORKFLOW_REQUEST_JSON } from "./workflowRequestJson.js";

export type { LogLine } from "./serviceProgram.js";
export { WITH_QUEUES_JSON, WORKFLOW_REQUEST_JSON, workflowRequestJson } from "./workflowRequestJson.js";

/** A program of the service as a real process. It is killed when its test has ended, unless `atEnd` delays that. */
export class ServiceProcess extends Program {
  /** @param atEnd receives the function that kills the process */
  constructor(
    program: ProgramName,
    environment: Record<string, string>,
    atEnd: (kill: () => Promise<void>) => void = onTestFinished,
  ) {
    super(inject("built"), program, toServiceSettings(environment));
    atEnd(() => this.kill());
  }
}

/** Whether something accepts connections on a port of this machine. */
export const isPortOpen = (port: number): Promise<boolean> => canConnect({ host: "127.0.0.1", port });

/** Whether something accepts connections on a Unix socket. */
export const isListeningOn = (path: string): Promise<boolean> => canConnect({ path });

async function canConnect(address: { host: string; port: number } | { path: string }): Promise<boolean> {
  const socket = createConnection(address);
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** Sends the head of a request without its body. @returns a writer of the body, and the whole response */
export async function startRequest(url: string): Promise<{ write(text: string): void; answer: Promise<string> }> {
  const socket = createConnection(Number(new URL(url).port), "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  await once(socket, "connect");
  let received = "";
  socket.setEncoding("utf8").on("data", (text: string) => {
    received += text;
  });
  const answer = once(socket, "close").then(() => received);
  const headers = [`Content-Length: ${WORKFLOW_REQUEST_JSON.length}`, "Expect: 100-continue"];
  socket.write(["POST /v1/workflows HTTP/1.1", "Host: localhost", ...headers, "", ""].join("\r\n"));
  await waitUntil("the service has the request", () => received.includes("100 Continue"));
  return { write: (text) => void socket.write(text), answer };
}

async function sendForJson<T>(url: string, options: RequestOptions = {}): Promise<T> {
  const { status, text, body } = await sendRequest<T>(url, options);
  if (status !== 200) throw new Error(`${url}: ${status} ${text}`);
  return body;
}

/** Creates a small workflow. @returns the paths of the workflow and of its one taskforce */
export async function createSmallWorkflow(
  url: string,
  body = WORKFLOW_REQUEST_JSON,
): Promise<{ workflow: string; taskforce: string }> {
  const created = await sendForJson<{
    workflow: { workflow_id: string };
    taskforces: { taskforce_uuid: string }[];
  }>(`${url}/v1/workflows`, { method: "POST", body });
  return {
    workflow: `/v1/workflows/${created.workflow.workflow_id}`,
    taskforce: `/v1/taskforces/${created.taskforces[0]?.taskforce_uuid}`,
  };
}

/** Reads a workflow or taskforce. */
export const readEntity = <T>(url: string, path: string): Promise<T> => sendForJson<T>(url + path);
