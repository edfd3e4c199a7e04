import { type Criteria, SINCE, type Since, STATES, type State } from "./workflowCriteria.ts";

/** What the list of workflows is narrowed by. */
export function Filters({
  criteria,
  change,
}: {
  criteria: Criteria;
  change: (changed: Partial<Criteria>) => void;
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
          <input
            type="search"
            name="q"
            defaultValue={criteria.text}
            placeholder="id, image, arguments, location"
          />
        </label>
        <button type="submit">Search</button>
      </div>
      <label>
        <span class="visually-hidden">State</span>
        <select
          value={criteria.state}
          onChange={(event) => change({ state: event.currentTarget.value as State })}
        >
          {Object.entries(STATES).map(([state, label]) => (
            <option key={state} value={state}>
              {label}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span class="visually-hidden">Created</span>
        <select
          value={criteria.since}
          onChange={(event) => change({ since: event.currentTarget.value as Since })}
        >
          {Object.entries(SINCE).map(([since, label]) => (
            <option key={since} value={since}>
              {label}
            </option>
          ))}
        </select>
      </label>
    </form>
  );
}
