import { createLogUpdate } from "log-update";
import type { Client } from "../client.js";
import { isServiceUnavailable } from "../clientErrors.js";
import { abortableDelay } from "../retryRequests.js";
import { type ListFilter, listFirstWorkflows } from "../workflowList.js";
import { EXIT_CODE } from "./exitCodes.js";
import { ListTable, newestLast } from "./listTable.js";
import type { Terminal } from "./terminal.js";
import { truncateToWidth } from "./textWidth.js";

/** Seconds between two reads of the list. */
const INTERVAL_SECONDS = 2;
/** Lines of the terminal that rows leave free: heads, an error and the cursor. */
const OTHER_LINES = 3;

/**
 * Draws a list of workflows again and again until the user presses Ctrl-C, also while the service is unreachable.
 *
 * @param limits.rows the most rows, besides the height of the terminal
 * @returns the exit code
 */
export async function watchList(
  terminal: Terminal,
  client: Client,
  filter: ListFilter,
  { rows: maxRows, emptyText }: { rows: number; emptyText: string },
): Promise<number> {
  const interrupt = new AbortController();
  const onSignal = () => interrupt.abort();
  process.once("SIGINT", onSignal);
  const draw = createLogUpdate(terminal.io.stdout);
  let lines: string[] | undefined;
  try {
    for (;;) {
      try {
        const limit = Math.max(1, Math.min(maxRows, terminal.size.rows - OTHER_LINES));
        const { rows } = await listFirstWorkflows(client, filter, limit, interrupt.signal);
        lines = rows.length === 0 ? [emptyText] : newestLast(new ListTable(terminal).format(rows));
        draw(lines.join("\n"));
      } catch (error) {
        if (lines === undefined || !isServiceUnavailable(error)) throw error;
        draw([...lines, truncateToWidth((error as Error).message, terminal.size.columns)].join("\n"));
      }
      await abortableDelay(INTERVAL_SECONDS, interrupt.signal);
    }
  } catch (error) {
    if (interrupt.signal.aborted) return EXIT_CODE.interrupted;
    throw error;
  } finally {
    process.off("SIGINT", onSignal);
    draw.done();
  }
}
