import type { Command } from "commander";
import { Queues } from "../queues/queues.js";
import { type ComparedCounts, compareSource } from "../transfer/compareSource.js";
import { openSource } from "../transfer/openSource.js";
import { type VerifiedCounts, verifyStore } from "../transfer/verifyStore.js";
import { AdminError, EXIT_CODE } from "./exitCodes.js";
import { sourceOf } from "./importCommand.js";
import type { AdminTool } from "./tool.js";

/** Differences that are printed, unless `--all` is given. */
const MAX_SHOWN = 100;

interface VerifyCommandOptions {
  all?: true;
  json?: true;
}

/** Adds `ewms-admin verify`. */
export function addVerifyCommand(program: Command, tool: AdminTool): void {
  program
    .command("verify")
    .description(
      "check that indexes, counts, summaries and queues follow from the records, and compare all workflows with a source",
    )
    .argument("[source]", "the source of an import")
    .option("--all", `print all differences, not only the first ${MAX_SHOWN}`)
    .option("--json", "print the result as JSON")
    .action((source: string | undefined, options: VerifyCommandOptions) => runVerify(tool, source, options));
}

async function runVerify(
  tool: AdminTool,
  source: string | undefined,
  { all, json }: VerifyCommandOptions,
): Promise<void> {
  await tool.withSession(async ({ config, store, signal }) => {
    if ((await store.processes.list()).length > 0)
      throw new AdminError(EXIT_CODE.usage, "the service runs, and changes what verify compares: stop it first");
    const queues = new Queues({ redis: store.redis, leaseSeconds: config.leaseSeconds, schedds: [] });
    const verified: VerifiedCounts = { workflows: 0, taskforces: 0, staleSummaries: 0 };
    const compared: ComparedCounts = { workflows: 0, taskforces: 0, rejected: 0 };
    const differences: string[] = [];
    let count = 0;
    const collect = async (found: AsyncIterable<string>) => {
      for await (const difference of found) {
        signal.throwIfAborted();
        count++;
        if (all || differences.length < MAX_SHOWN) differences.push(difference);
      }
    };
    try {
      await collect(verifyStore(store, queues, verified));
      if (source !== undefined)
        await collect(compareSource(store, await openSource(sourceOf(tool, source), new Map()), compared));
    } finally {
      await queues.close();
    }
    const usedComparison = source === undefined ? null : compared;
    const result = { differences: count, shown: differences, verified, compared: usedComparison };
    tool.printResult(json, result, [...differences, describe(count, verified, usedComparison)].join("\n"));
    if (count > 0) tool.exitCode = EXIT_CODE.failure;
  });
}

function describe(count: number, verified: VerifiedCounts, compared: ComparedCounts | null): string {
  const { workflows, taskforces, staleSummaries } = verified;
  const lines = [`${count} differences: ${workflows} workflows, ${taskforces} taskforces`];
  if (compared !== null) lines.push(`source: ${compared.workflows} workflows, ${compared.taskforces} taskforces`);
  if (staleSummaries > 0) lines.push(`${staleSummaries} summaries are made when the service runs`);
  return lines.join("\n");
}
