import { Command, CommanderError } from "commander";
import packageJson from "../../package.json" with { type: "json" };
import { ConfigError } from "../config/config.js";
import { isRedisUnavailable } from "../domain/redisOutage.js";
import { RedisStartError } from "../redis/redisAddress.js";
import { LayoutError } from "../store/layout.js";
import { ExportFormatError } from "../transfer/exportFormatError.js";
import { TransferFileError } from "../transfer/lines.js";
import { AdminError, EXIT_CODE, EXIT_CODES_HELP } from "./exitCodes.js";
import { addExportCommand } from "./exportCommand.js";
import { addImportCommand } from "./importCommand.js";
import { addMigrateCommand } from "./migrateCommand.js";
import { addPurgeCommand } from "./purgeCommand.js";
import { addStatsCommand } from "./statsCommand.js";
import { type AdminIo, AdminTool } from "./tool.js";
import { addVerifyCommand } from "./verifyCommand.js";

/** Runs one command. @param args without the names of Node.js and the program @returns the exit code */
export async function runAdmin(args: readonly string[], io: AdminIo): Promise<number> {
  const tool = new AdminTool(io);
  const program = createProgram(tool);
  try {
    await program.parseAsync(args, { from: "user" });
    return tool.exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_CODE.ok : EXIT_CODE.usage;
    const { sentence, exitCode } = describeError(error);
    io.stderr.write(`ewms-admin: ${sentence}\n`);
    return exitCode;
  }
}

function createProgram(tool: AdminTool): Command {
  const program = new Command("ewms-admin")
    .description("Moves workflows out of and into the service's Redis. Reads the settings of the service: REDIS_URL …")
    .version(packageJson.version)
    .configureHelp({ showGlobalOptions: true })
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void tool.io.stdout.write(text),
      writeErr: (text) => void tool.io.stderr.write(text),
    })
    .addHelpText(
      "after",
      `
Examples:
  ewms-admin export all.ndjson.gz
  ewms-admin import all.ndjson.gz --dry-run
  ewms-admin verify all.ndjson.gz
  ewms-admin stats --ended-before 90d
  ewms-admin purge --ended-before 90d --export 2026-11.ndjson.gz

${EXIT_CODES_HELP}`,
    );
  addExportCommand(program, tool);
  addImportCommand(program, tool);
  addVerifyCommand(program, tool);
  addPurgeCommand(program, tool);
  addStatsCommand(program, tool);
  addMigrateCommand(program, tool);
  return program;
}

/** An error as one sentence, and the exit code. */
function describeError(error: unknown): { sentence: string; exitCode: number } {
  if (error instanceof AdminError) return { sentence: error.message, exitCode: error.exitCode };
  // By its name: the packages for MongoDB are loaded only for a source that needs them.
  if (error instanceof RedisStartError || (error as Error).name === "MongoReadError")
    return { sentence: (error as Error).message, exitCode: EXIT_CODE.unreachable };
  if ([ConfigError, LayoutError, ExportFormatError, TransferFileError].some((kind) => error instanceof kind))
    return { sentence: (error as Error).message, exitCode: EXIT_CODE.usage };
  const { code, message, stack } = error as NodeJS.ErrnoException;
  if (isRedisUnavailable(error))
    return {
      sentence: `Redis is not available (${message}): run the same command again later, and it continues`,
      exitCode: EXIT_CODE.unreachable,
    };
  // An error of a file names it.
  return { sentence: code === undefined ? (stack ?? message) : message, exitCode: EXIT_CODE.failure };
}
