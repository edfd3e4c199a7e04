import { readMetaContent } from "../paths/basePath.ts";
import {
  CREATED_WITHIN_LABELS,
  type CreatedWithin,
  SORT_LABELS,
  type SortOrder,
  STATE_LABELS,
  type StateFilter,
  TEXT_CRITERIA,
  type WorkflowCriteria,
} from "./workflowCriteria.ts";

export interface CriteriaProps {
  criteria: WorkflowCriteria;
  change: (changed: Partial<WorkflowCriteria>) => void;
}

/** Whether workflows have owners: a person has signed in. */
const hasOwners = !["", "localhost", undefined].includes(readMetaContent("signed-in-as"));

/** The search, the filters and the order of the list. */
export function Filters({ criteria, change }: CriteriaProps) {
  const search = (event: SubmitEvent) => {
    event.preventDefault();
    const text = new FormData(event.currentTarget as HTMLFormElement).get("q");
    change({ text: String(text).trim() });
  };
  return (
    <form class="filters" onSubmit={search}>
      <div class="search" role="search">
        <label>
          <span class="visually-hidden">
            Search by name, id, label, owner, image, arguments, location, schedd, queue or cluster
          </span>
          <input
            type="search"
            name="q"
            id="search"
            defaultValue={criteria.text}
            placeholder="name, id, label, owner, image, arguments, location, cluster"
          />
        </label>
        <button type="submit">Search</button>
      </div>
      {hasOwners && (
        <Select
          label="Owner"
          value={criteria.owner === "me" ? "me" : ""}
          options={{ "": "Everyone's", me: "Mine" }}
          onSelect={(owner) => change({ owner })}
        />
      )}
      <Select
        label="State"
        value={criteria.state}
        options={STATE_LABELS}
        onSelect={(state) => change({ state: state as StateFilter })}
      />
      <Select
        label="Created"
        value={criteria.since}
        options={CREATED_WITHIN_LABELS}
        onSelect={(since) => change({ since: since as CreatedWithin })}
      />
      <Select
        label="Order"
        value={criteria.sort}
        options={SORT_LABELS}
        onSelect={(sort) => change({ sort: sort as SortOrder })}
      />
    </form>
  );
}

/** The filters that have no field of their own, with buttons that remove them. */
export function ActiveFilters({ criteria, change }: CriteriaProps) {
  const texts = TEXT_CRITERIA.filter((name) => criteria[name] !== "" && !(name === "owner" && criteria.owner === "me"));
  return (
    <>
      {texts.map((name) => (
        <Chip key={name} text={`${name} ${criteria[name]}`} remove={() => change({ [name]: "" })} />
      ))}
      {criteria.labels.map((label) => (
        <Chip
          key={label}
          text={`label ${label}`}
          remove={() => change({ labels: criteria.labels.filter((each) => each !== label) })}
        />
      ))}
    </>
  );
}

const Chip = ({ text, remove }: { text: string; remove: () => void }) => (
  <button type="button" class="chip" onClick={remove} aria-label={`Remove the filter ${text}`}>
    {text} <span aria-hidden="true">✕</span>
  </button>
);

interface SelectProps {
  label: string;
  value: string;
  options: Record<string, string>;
  onSelect: (value: string) => void;
}

const Select = ({ label, value, options, onSelect }: SelectProps) => (
  <label>
    <span class="visually-hidden">{label}</span>
    <select value={value} onChange={(event) => onSelect(event.currentTarget.value)}>
      {Object.entries(options).map(([option, optionLabel]) => (
        <option key={option} value={option}>
          {optionLabel}
        </option>
      ))}
    </select>
  </label>
);
