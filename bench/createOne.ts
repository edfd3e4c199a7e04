import type { RecordedWrite } from "./baseline.js";
import type { Benchmark } from "./benchmark.js";
import { sampleWorkflowRequest } from "./prepare.js";
import { type LoadRequests, measureRequestRate } from "./requestRate.js";

const CONNECTIONS = 32;
const REQUESTS = 4000;

/** A request with a JSON body, for autocannon. */
export const postRequest = (path: string, body: object): LoadRequests[number] => ({
  method: "POST",
  path,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});

/** Makes the baseline repeat a creation. @returns the path of the request that does so */
export async function sendRecording(baselineUrl: string, name: string, recorded: RecordedWrite): Promise<string> {
  const path = `/record/${encodeURIComponent(name)}`;
  const { method, headers, body } = postRequest(path, recorded);
  const response = await fetch(`${baselineUrl}${path}`, { method, headers, body } as RequestInit);
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return path.replace("/record/", "/multi/");
}

/** Compares the creation of a workflow of one task at one location with one `MULTI` that writes the same bytes. */
export const createWorkflowBenchmark: Benchmark = {
  name: "POST /v1/workflows, 1 task × 1 location, 32 connections",
  minRatio: 0.45,
  shows: "rate",
  givesWorkToWorker: true,
  async prepare({ recordings, scale }) {
    const amount = scale(REQUESTS, CONNECTIONS);
    const body = sampleWorkflowRequest(1);
    return async ({ ours, baseline }) => {
      const multi = await sendRecording(baseline.url, "one created", recordings["one created"]);
      return {
        ours: () => measureRequestRate(ours.url, CONNECTIONS, amount, [postRequest("/v1/workflows", body)]),
        baseline: () => measureRequestRate(baseline.url, CONNECTIONS, amount, [postRequest(multi, body)]),
      };
    };
  },
};
