import { setTimeout as wait } from "node:timers/promises";
import { WORKFLOW_REQUEST_JSON } from "../processes/serviceProcess.js";
import { sendRequest } from "../setup/http.js";

const REQUESTS_PER_SECOND = 20;

/**
 * Sends creations and reads at a fixed rate, whether or not earlier ones are answered. Half of them are creations.
 *
 * @param bodyOf the body of a creation by its number; all are equal by default
 * @returns the failures, and the ids of the workflows
 */
export async function sendLoad(
  url: string,
  seconds: number,
  bodyOf: (n: number) => string = () => WORKFLOW_REQUEST_JSON,
): Promise<{ sent: number; failures: string[]; created: string[] }> {
  const failures: string[] = [];
  const created: string[] = [];
  const send = async (n: number) => {
    const method = n % 2 === 0 ? "POST" : "GET";
    const path = method === "POST" ? "/v1/workflows" : `/v1/workflows/${created.at(-1) ?? ""}`;
    if (method === "GET" && created.length === 0) return;
    const body = method === "POST" ? bodyOf(n) : undefined;
    const response = await sendRequest<{ workflow: { workflow_id: string } }>(url + path, { method, body });
    if (response.status !== 200) throw new Error(`${method} ${path}: ${response.status} ${response.text}`);
    if (method === "POST") created.push(response.body.workflow.workflow_id);
  };
  const requests: Promise<void>[] = [];
  const startedAtMs = performance.now();
  for (let n = 0; n < seconds * REQUESTS_PER_SECOND; n++) {
    await wait(Math.max(0, startedAtMs + (n * 1000) / REQUESTS_PER_SECOND - performance.now()));
    requests.push(send(n).catch((error: Error) => void failures.push(error.message)));
  }
  await Promise.all(requests);
  return { sent: requests.length, failures, created };
}
