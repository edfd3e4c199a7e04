import { answerOf } from "../answers.js";
import type { Client } from "../client.js";
import type { ScheddState } from "../schedds.js";
import type { Summary } from "../summary.js";

/** How a workflow does. */
export const readSummary = (client: Client, workflow_id: string, signal?: AbortSignal): Promise<Summary> =>
  answerOf(
    client.GET("/v1/workflows/{workflow_id}/summary", {
      params: { path: { workflow_id } },
      ...(signal && { signal }),
    }),
  );

/** What is queued at a schedd. */
export const readSchedd = (client: Client, schedd: string): Promise<ScheddState> =>
  answerOf(client.request("get", "/v1/schedds/{schedd}" as never, { params: { path: { schedd } } } as never));

/** The same of all, in short. */
export const readSchedds = async (client: Client): Promise<ScheddState[]> =>
  ((await answerOf(client.request("get", "/v1/schedds" as never, {} as never))) as { schedds: ScheddState[] })
    .schedds;
