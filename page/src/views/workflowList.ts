import { type Signal, signal } from "@preact/signals";
import { findWorkflows, readSummary, readWorkflow } from "../api/apiRequests.ts";
import type { StreamEvents, Workflow } from "../api/apiTypes.ts";
import { follow } from "../live/streamSubscription.ts";
import { type Latest, latest } from "../live/refreshable.ts";
import { type Criteria, filterOf, isOpen } from "./workflowCriteria.ts";

/** Pages of a query that are read: workflows are found oldest first, and the newest are wanted. */
const MOST_PAGES = 10;
/** Summaries that are asked for at a time. */
const AT_ONCE = 4;

type Sums = StreamEvents["summary"];

/** A list of workflows, newest first, that is kept up to date. */
export interface Listed {
  workflows: Latest<Workflow[]>;
  /** Of those that are on the screen. */
  sums: Signal<ReadonlyMap<string, Sums>>;
  /** Tells which are on the screen. */
  look(ids: readonly string[]): void;
  end(): void;
}

/** Begins to look at workflows. Call `end` when done. */
export function listWorkflows(criteria: Criteria): Listed {
  const sums = signal<ReadonlyMap<string, Sums>>(new Map());
  let visible: readonly string[] = [];
  let looked = 0;

  const workflows = latest(
    () => findAll(criteria),
    () => void readSums(),
  );
  const put = (summary: Sums) => {
    // An event about very many tasks does not name them; they never change.
    const tasks = summary.tasks ?? sums.value.get(summary.workflow_id)?.tasks;
    sums.value = new Map(sums.value).set(summary.workflow_id, { ...summary, ...(tasks && { tasks }) });
  };
  /** For those on the screen, some at a time. */
  const readSums = async (ids = visible) => {
    const look = looked;
    const waiting = [...ids];
    const worker = async () => {
      for (let id = waiting.shift(); id !== undefined && look === looked; id = waiting.shift())
        await readSummary(id).then(put, () => undefined);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  };

  const unfollow = follow("/v1/events", {
    read: workflows.read,
    on: {
      summary(summary) {
        if (visible.includes(summary.workflow_id)) put(summary);
      },
      created({ workflow_id }) {
        if (!isOpen(criteria)) return workflows.read();
        // Rather than the whole list anew.
        void readWorkflow(workflow_id).then(
          (workflow) =>
            workflows.change((list) => [
              workflow,
              ...list.filter((other) => other.workflow_id !== workflow_id),
            ]),
          workflows.read,
        );
      },
      deactivated({ workflow_id, deactivated, timestamp }) {
        workflows.change((list) =>
          list.map((workflow) =>
            workflow.workflow_id === workflow_id
              ? { ...workflow, deactivated, deactivated_ts: timestamp }
              : workflow,
          ),
        );
      },
    },
  });
  return {
    workflows,
    sums,
    look(ids) {
      if (ids.join() === visible.join()) return;
      visible = ids;
      looked++;
      void readSums(ids.filter((id) => !sums.value.has(id)));
    },
    end() {
      unfollow();
      workflows.end();
      looked++;
    },
  };
}

async function findAll(criteria: Criteria): Promise<Workflow[]> {
  const filter = await filterOf(criteria);
  const found: Workflow[] = [];
  let after: string | null = null;
  for (let page = 0; page < MOST_PAGES; page++) {
    const { list, next } = await findWorkflows(filter, after);
    found.push(...list);
    after = next;
    if (after === null) break;
  }
  return found.reverse();
}
