import {
  CREATED_WITHIN_LABELS,
  type CreatedWithin,
  STATE_LABELS,
  type StateFilter,
  type WorkflowCriteria,
} from "./workflowCriteria.ts";

/** The filters of the list of workflows. */
export function Filters({
  criteria,
  change,
}: {
  criteria: WorkflowCriteria;
  change: (changed: Partial<WorkflowCriteria>) => void;
}) {
  const search = (event: SubmitEvent) => {
    event.preventDefault();
    const text = new FormData(event.currentTarget as HTMLFormElement).get("q");
    change({ text: String(text).trim() });
  };
  return (
    <form class="filters" onSubmit={search}>
      <div class="search" role="search">
        <label>
          <span class="visually-hidden">Search by id, image, arguments or location</span>
          <input type="search" name="q" defaultValue={criteria.text} placeholder="id, image, arguments, location" />
        </label>
        <button type="submit">Search</button>
      </div>
      <label>
        <span class="visually-hidden">State</span>
        <select
          value={criteria.state}
          onChange={(event) => change({ state: event.currentTarget.value as StateFilter })}
        >
          {Object.entries(STATE_LABELS).map(([state, label]) => (
            <option key={state} value={state}>
              {label}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span class="visually-hidden">Created</span>
        <select
          value={criteria.createdWithin}
          onChange={(event) => change({ createdWithin: event.currentTarget.value as CreatedWithin })}
        >
          {Object.entries(CREATED_WITHIN_LABELS).map(([since, label]) => (
            <option key={since} value={since}>
              {label}
            </option>
          ))}
        </select>
      </label>
    </form>
  );
}
