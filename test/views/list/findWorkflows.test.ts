import fc from "fast-check";
import { expect, test } from "vitest";
import { type AttentionCode, worstSeverity } from "../../../src/domain/diagnosis.js";
import type { WorkflowId } from "../../../src/domain/ids.js";
import type { WorkflowSummary } from "../../../src/domain/summary.js";
import { LIST_ORDERS, type ListOrder, STATE_FILTERS, type StateFilter } from "../../../src/domain/workflowDigest.js";
import type { Wms } from "../../../src/lifecycle/context.js";
import { createWholeWorkflow } from "../../../src/store/creation.js";
import { idOfMember } from "../../../src/store/keys.js";
import { findWorkflows } from "../../../src/views/list/findWorkflows.js";
import { FIRST_PAGE, type ListCursor } from "../../../src/views/list/listCursor.js";
import { toListFilter } from "../../../src/views/list/listFilter.js";
import { readSearchWords } from "../../../src/views/list/searchWords.js";
import { WorkMeter } from "../../../src/views/query/meter.js";
import { openTestWms } from "../../lifecycle/openTestWms.js";
import { propertyRuns } from "../../setup/propertyRuns.js";
import { makeWholeWorkflow } from "../../store/wholeWorkflow.js";

const PARTITIONS = 4;
const WORKFLOWS = 80;

/** What the test knows of a workflow. Many values are equal, so that orders have ties. */
interface Known {
  id: WorkflowId;
  created: number;
  owner: string;
  label: string;
  args: string;
  deactivated: "ABORTED" | "FINISHED" | null;
  isEnded: boolean;
  attention: readonly AttentionCode[];
  workers: number;
  change: number | null;
}

const summaryOf = ({ isEnded, workers, change }: Known, taskforces: number): WorkflowSummary => ({
  n_taskforces: taskforces,
  taskforces_by_phase: { [isEnded ? "condor-complete" : "condor-submit"]: taskforces },
  n_workers_requested: 0,
  compound_statuses: { RUNNING: { Tasking: workers } },
  top_task_errors: {},
  tasks: [],
  phases: {},
  last_change: change,
  n_failed_attempts: 0,
  failed_attempts: [],
  waits: { activation: null, starter: [], dead: [], stopper: [], never_started: 0, workers: {} },
  updated: 1,
});

async function createWorkflows(wms: Wms): Promise<Known[]> {
  const known: Known[] = [];
  for (let n = 0; n < WORKFLOWS; n++) {
    const whole = makeWholeWorkflow(1 + (n % 2));
    const created = 1_700_000_000 + (n % 7);
    const args = n % 3 === 0 ? `--season IC${n % 5}` : "--none";
    const [owner, label] = [`user-${n % 3}`, `run=${n % 4}`];
    const workflow = { ...whole.workflow, timestamp: created };
    const task_directives = whole.task_directives.map((task) => ({ ...task, task_args: args }));
    const annotations = { name: `number ${n}`, labels: { run: String(n % 4) }, note: null };
    const creator = { subject: owner, name: null, groups: [], client: null };
    await createWholeWorkflow(wms.store, { ...whole, workflow, task_directives }, 0, undefined, {
      creator,
      annotations,
    });
    known.push({
      id: workflow.workflow_id as WorkflowId,
      created,
      owner,
      label,
      args,
      deactivated: n % 8 === 0 ? "ABORTED" : n % 8 === 1 ? "FINISHED" : null,
      isEnded: n % 6 === 2,
      attention: n % 9 === 3 ? ["dead-letters"] : n % 9 === 5 ? ["workers-held"] : [],
      workers: n % 4 === 0 ? 0 : n % 5,
      // Some have no summary yet.
      change: n % 11 === 4 ? null : 1_700_000_100 + (n % 6),
    });
  }
  for (const workflow of known)
    if (workflow.deactivated !== null)
      await wms.store.transitions.deactivate(workflow.id, workflow.deactivated, 1_700_000_050);
  const byId = new Map(known.map((workflow) => [workflow.id, workflow]));
  for (let partition = 0; partition < PARTITIONS; partition++)
    for (const lease of await wms.store.summaries.claimDirty(partition, WORKFLOWS)) {
      const workflow = byId.get(lease.workflow) as Known;
      const summary = summaryOf(workflow, workflow.isEnded ? 1 : 2);
      expect(
        await wms.store.summaries.save(lease, summary, {
          codes: workflow.attention,
          severity: severityOfCodes(workflow.attention),
        }),
      ).toBe(true);
    }
  return known;
}

interface Parameters {
  owner: string | undefined;
  state: StateFilter | undefined;
  label: string[];
  since: string | undefined;
  until: string | undefined;
  q: string | undefined;
  sort: ListOrder;
  limit: number;
}

const severityOfCodes = (codes: readonly AttentionCode[]) => {
  const worst = worstSeverity(codes);
  return worst === "info" ? undefined : worst;
};
const severityOf = ({ attention, deactivated }: Known) =>
  deactivated === null ? severityOfCodes(attention) : undefined;

const STATE_TESTS: Record<StateFilter, (workflow: Known) => boolean> = {
  active: ({ deactivated }) => deactivated === null,
  "needs-attention": (workflow) => severityOf(workflow) !== undefined,
  ended: ({ deactivated, isEnded }) => deactivated === null && isEnded,
  aborted: ({ deactivated }) => deactivated === "ABORTED",
  finished: ({ deactivated }) => deactivated === "FINISHED",
};

/** The order of a list, from the first to the last: larger lists of numbers come first. */
const RANKS: Record<ListOrder, (workflow: Known) => number[]> = {
  created: ({ created }) => [created],
  change: ({ change, created }) => (change === null ? [0, created] : [1, change]),
  severity: (workflow) => [
    ["error", "warning"].includes(severityOf(workflow) ?? "") ? (severityOf(workflow) === "error" ? 2 : 1) : 0,
    workflow.created,
  ],
  workers: ({ workers, created }) => (workers === 0 ? [0, created] : [1, workers]),
};

function expectedIds(known: readonly Known[], { owner, state, label, since, until, q, sort }: Parameters): string[] {
  const rankOf = RANKS[sort];
  const compare = (one: Known, other: Known): number => {
    const [a, b] = [rankOf(one), rankOf(other)];
    for (const [index, rank] of a.entries()) if (rank !== b[index]) return (b[index] ?? 0) - rank;
    return one.id < other.id ? 1 : -1;
  };
  return known
    .filter((workflow) => owner === undefined || workflow.owner === owner)
    .filter((workflow) => state === undefined || STATE_TESTS[state](workflow))
    .filter((workflow) => label.every((each) => workflow.label === each))
    .filter(({ created }) => created >= Number(since ?? 0) && created <= Number(until ?? Number.POSITIVE_INFINITY))
    .filter(({ args, owner: subject }) => q === undefined || args.toLowerCase().includes(q) || subject.includes(q))
    .sort(compare)
    .map(({ id }) => id);
}

const parameters: fc.Arbitrary<Parameters> = fc.record({
  owner: fc.option(fc.constantFrom("user-0", "user-1", "no-one"), { nil: undefined }),
  state: fc.option(fc.constantFrom(...STATE_FILTERS), { nil: undefined }),
  label: fc.subarray(["run=1", "run=2"]),
  since: fc.option(
    fc.integer({ min: 0, max: 8 }).map((n) => String(1_700_000_000 + n)),
    { nil: undefined },
  ),
  until: fc.option(
    fc.integer({ min: -1, max: 7 }).map((n) => String(1_700_000_000 + n)),
    { nil: undefined },
  ),
  q: fc.option(fc.constantFrom("season", "ic3", "user-2", "task_args"), { nil: undefined }),
  sort: fc.constantFrom(...LIST_ORDERS),
  limit: fc.integer({ min: 1, max: 40 }),
});

test("pages hold the matching workflows once and in order, whatever is asked, also when pages are cut short", async () => {
  const { wms } = await openTestWms(PARTITIONS);
  const known = await createWorkflows(wms);
  const property = fc.asyncProperty(parameters, fc.constantFrom(1, 60, 1_000_000), async (asked, maxWork) => {
    const filter = toListFilter({}, asked, "no-one");
    const words = await readSearchWords(wms, asked.q);
    const found: string[] = [];
    let cursor: ListCursor | undefined = FIRST_PAGE;
    while (cursor !== undefined) {
      const request = { order: asked.sort, cursor, limit: asked.limit, meter: new WorkMeter(), maxWork };
      const page = await findWorkflows(wms.store, { filter, words }, request);
      expect(page.members.length).toBeLessThanOrEqual(asked.limit);
      // A page that is not full and not cut short is the last one.
      expect(page.next === undefined || page.isCutShort || page.members.length === asked.limit).toBe(true);
      found.push(...page.members.map((member) => idOfMember("workflow", member)));
      cursor = page.next;
    }
    expect(found).toEqual(expectedIds(known, asked));
  });
  await fc.assert(property, { numRuns: propertyRuns(1000) });
});
