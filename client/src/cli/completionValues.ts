import { Argument, type Command } from "commander";
import type { Client } from "../client.js";
import { unwrapResponse } from "../unwrapResponse.js";
import { createCommandClient, hasCredentials } from "./commandClient.js";
import type { Terminal } from "./terminal.js";

/** What a shell completes with values of the service. */
export const COMPLETION_KINDS = ["ids", "labels", "locations", "schedds"] as const;
export type CompletionKind = (typeof COMPLETION_KINDS)[number];

/** Milliseconds that a shell waits for completions. */
const COMPLETION_TIMEOUT_MS = 2000;
/** The newest workflows whose ids and labels are offered. */
const MAX_WORKFLOWS = 20;

/** Texts that a shell may expand without effect: `compgen -W` executes commands in its words. */
const PLAIN_TEXT = /^[\w.:@+/=-]+$/;

/** Adds the hidden command of the scripts that `completion` prints. It prints one value a line, or nothing after an error. */
export function addCompletionValuesCommand(program: Command, terminal: Terminal): void {
  program
    .command("completion-values", { hidden: true })
    .addArgument(new Argument("<kind>").choices(COMPLETION_KINDS))
    .action(async (kind: CompletionKind) => {
      try {
        const signal = AbortSignal.timeout(COMPLETION_TIMEOUT_MS);
        const isMine = hasCredentials(terminal.io.env);
        const found = await READERS[kind](createCommandClient(program, terminal), signal, isMine);
        await terminal.print(...new Set(found.filter((value) => PLAIN_TEXT.test(value))));
      } catch {
        // The user completes the word without suggestions.
      }
    });
}

const READERS: Readonly<
  Record<CompletionKind, (client: Client, signal: AbortSignal, isMine: boolean) => Promise<string[]>>
> = {
  async ids(client, signal, isMine) {
    return (await readNewest(client, signal, isMine)).map(({ workflow_id }) => workflow_id);
  },
  async labels(client, signal, isMine) {
    const rows = await readNewest(client, signal, isMine);
    return rows.flatMap(({ labels }) => Object.keys(labels).map((key) => `${key}=`)).sort();
  },
  async locations(client, signal) {
    const { locations } = await unwrapResponse(client.GET("/v1/locations", { signal }));
    return locations.map(({ location }) => location);
  },
  async schedds(client, signal) {
    const { schedds } = await unwrapResponse(client.GET("/v1/schedds", { signal }));
    return schedds.map(({ schedd }) => schedd);
  },
};

async function readNewest(client: Client, signal: AbortSignal, isMine: boolean) {
  const query = { limit: MAX_WORKFLOWS, ...(isMine && { owner: "me" }) };
  return (await unwrapResponse(client.GET("/v1/workflows", { params: { query }, signal }))).workflows;
}
