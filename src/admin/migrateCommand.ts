import type { Command } from "commander";
import { LAYOUT_VERSION, readLayout } from "../store/layout.js";
import { migrateLayout } from "../store/migrations.js";
import { Store } from "../store/store.js";
import { AdminError, EXIT_CODE } from "./exitCodes.js";
import { fillQueues } from "./fillQueues.js";
import { ProgressPrinter } from "./progress.js";
import type { AdminTool } from "./tool.js";

interface MigrateCommandOptions {
  dryRun?: true;
  json?: true;
}

/** Adds `ewms-admin migrate`. */
export function addMigrateCommand(program: Command, tool: AdminTool): void {
  program
    .command("migrate")
    .description("convert the data of an earlier release to the layout of this one, in place; take a backup before")
    .option("--dry-run", "say what would be converted, and change nothing")
    .option("--json", "print the result as JSON")
    .action((options: MigrateCommandOptions) => runMigrate(tool, options));
}

async function runMigrate(tool: AdminTool, { dryRun, json }: MigrateCommandOptions): Promise<void> {
  // The layout is that of an earlier release, which no other command opens.
  const open = async (...[redis, { partitions, bulk = redis }]: OpenStoreParameters) => {
    const stored = await readLayout(redis);
    return new Store(redis, stored?.partitions ?? partitions, bulk);
  };
  await tool.withSession(async (session) => {
    const { store } = session;
    const before = (await readLayout(store.redis))?.version ?? LAYOUT_VERSION;
    const taskforces = await store.indexes.countAll("taskforce");
    if (before > LAYOUT_VERSION)
      throw new AdminError(
        EXIT_CODE.usage,
        `the data has layout ${before} of a later release, and this one works with ${LAYOUT_VERSION}`,
      );
    const result = { from: before, to: LAYOUT_VERSION, taskforces, dry_run: dryRun === true };
    if (before === LAYOUT_VERSION) {
      tool.printResult(json, result, `nothing to do: the data has layout ${before}`);
      return;
    }
    if ((await store.processes.list()).length > 0)
      throw new AdminError(EXIT_CODE.usage, "a process of the service runs on this Redis: stop it first");
    if (!dryRun) {
      const progress = new ProgressPrinter("converted", tool.io.stderr);
      await migrateLayout(store, (done) =>
        progress.updateText(`converted ${done} of ${taskforces} taskforces`),
      ).finally(() => progress.end());
      await fillQueues(session);
    }
    const text = `layout ${before}${dryRun ? " would be" : " is"} converted to ${LAYOUT_VERSION}: ${taskforces} taskforces`;
    tool.printResult(json, result, text);
  }, open);
}

type OpenStoreParameters = Parameters<typeof import("../store/store.js").openStore>;
