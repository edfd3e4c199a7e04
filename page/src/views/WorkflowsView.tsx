import { useEffect, useMemo, useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { formatCount } from "../../../client/src/format.js";
import type { WorkflowListPage } from "../api/apiRequests.ts";
import { BulkBar } from "../list/BulkBar.tsx";
import { ActiveFilters, type CriteriaProps, Filters } from "../list/Filters.tsx";
import { SavedViews } from "../list/SavedViews.tsx";
import { useScrollPosition } from "../list/scrollPosition.ts";
import { WorkflowRow } from "../list/WorkflowRow.tsx";
import {
  criteriaQuery,
  criteriaUrl,
  isUnfiltered,
  NO_CRITERIA,
  parseCriteria,
  type WorkflowCriteria,
} from "../list/workflowCriteria.ts";
import { subscribeToWorkflowList } from "../list/workflowList.ts";
import { EmptyNotice, ErrorNotice, LoadingNotice } from "../parts/Notices.tsx";
import { View } from "../parts/View.tsx";
import { hrefOf } from "../paths/basePath.ts";
import { mayChangeWorkflows } from "../session/permissions.ts";

/** The view of all workflows. Its address contains everything that it shows. */
export function WorkflowsView() {
  const { url, route } = useLocation();
  const queryString = url.split("?")[1] ?? "";
  const criteria = useMemo(() => parseCriteria(queryString), [queryString]);
  // Other filters begin at the first page.
  const change = (changed: Partial<WorkflowCriteria>) => route(criteriaUrl({ ...criteria, after: "", ...changed }));
  return (
    <View title="Workflows" isWide>
      <Filters key={criteria.text} criteria={criteria} change={change} />
      <WorkflowTable key={criteriaQuery(criteria)} criteria={criteria} change={change} />
    </View>
  );
}

function WorkflowTable({ criteria, change }: CriteriaProps) {
  const list = useMemo(() => subscribeToWorkflowList(criteria), [criteria]);
  useEffect(() => list.dispose, [list]);
  const page = list.page.value.value;
  const error = list.page.error.value;
  useScrollPosition(page !== undefined);
  const [selectedIds, setSelectedIds] = useState<ReadonlySet<string>>(new Set());
  const query = criteriaQuery({ ...criteria, after: "" });
  const rows = page?.workflows ?? [];
  const select = (ids: readonly string[], isSelected: boolean) => {
    const changed = new Set(selectedIds);
    for (const id of ids)
      if (isSelected) changed.add(id);
      else changed.delete(id);
    setSelectedIds(changed);
  };
  return (
    <>
      <div class="list-head">
        {mayChangeWorkflows && rows.length > 0 && (
          <input
            type="checkbox"
            aria-label="Select all workflows of this page"
            checked={rows.every(({ workflow_id }) => selectedIds.has(workflow_id))}
            onChange={(event) =>
              select(
                rows.map(({ workflow_id }) => workflow_id),
                event.currentTarget.checked,
              )
            }
          />
        )}
        <p class="quiet-text" role="status">
          {page && shownText(page, criteria)}
        </p>
        <ActiveFilters criteria={criteria} change={change} />
        <SavedViews query={query} />
      </div>
      <BulkBar
        selected={rows.filter(({ workflow_id }) => selectedIds.has(workflow_id))}
        clear={() => setSelectedIds(new Set())}
        onChanged={list.page.refresh}
      />
      {error && <ErrorNotice error={error} />}
      {page === undefined && !error && <LoadingNotice what="workflows" />}
      {page !== undefined && rows.length === 0 && !page.is_cut_short && (
        <NoWorkflows criteria={criteria} change={change} />
      )}
      {rows.length > 0 && (
        <ol class="workflows">
          {rows.map((row) => (
            <WorkflowRow
              key={row.workflow_id}
              row={row}
              criteria={criteria}
              isSelected={selectedIds.has(row.workflow_id)}
              select={(isSelected) => select([row.workflow_id], isSelected)}
            />
          ))}
        </ol>
      )}
      {page && <PageLinks page={page} criteria={criteria} />}
    </>
  );
}

function shownText({ workflows, next_after }: WorkflowListPage, { after }: WorkflowCriteria): string {
  const count = formatCount(workflows.length, "workflow");
  if (after !== "") return `${count} of a later page`;
  return next_after === null ? count : `The first ${count}`;
}

/** Links to the first and the next page: each page has an address. */
function PageLinks({
  page: { next_after, is_cut_short },
  criteria,
}: {
  page: WorkflowListPage;
  criteria: WorkflowCriteria;
}) {
  if (next_after === null && criteria.after === "") return null;
  return (
    <nav class="pager" aria-label="Pages of workflows">
      {criteria.after !== "" && <a href={criteriaUrl({ ...criteria, after: "" })}>First page</a>}
      {is_cut_short && <span>The search has not looked at all workflows yet.</span>}
      {next_after !== null && (
        <a href={criteriaUrl({ ...criteria, after: next_after })}>{is_cut_short ? "Search further" : "Next page"}</a>
      )}
    </nav>
  );
}

function NoWorkflows({ criteria, change }: CriteriaProps) {
  if (criteria.after !== "")
    return (
      <EmptyNotice title="No more workflows">
        <p>The pages before have all of them.</p>
      </EmptyNotice>
    );
  if (!isUnfiltered(criteria))
    return (
      <EmptyNotice title="No workflow matches">
        <button type="button" onClick={() => change(NO_CRITERIA)}>
          Show all
        </button>
      </EmptyNotice>
    );
  return (
    <EmptyNotice title="No workflows yet">
      <p>
        {mayChangeWorkflows ? <a href={hrefOf("/submit")}>Submit one here</a> : "Submit one"}, with{" "}
        <code>ewms submit workflow.yaml</code>, or by <a href={hrefOf("/docs/")}>the API</a>.
      </p>
    </EmptyNotice>
  );
}
