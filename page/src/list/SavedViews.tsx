import { useState } from "preact/hooks";
import { Dialog } from "../parts/Dialog.tsx";
import { hrefOf } from "../paths/basePath.ts";
import { removeView, savedViews, saveView } from "./savedViews.ts";

/** Links to the saved views, and a button that saves the current one. @param query of the current view */
export function SavedViews({ query }: { query: string }) {
  const [isNaming, setIsNaming] = useState(false);
  const views = savedViews.value;
  const current = views.find((view) => view.query === query);
  return (
    <>
      {views.map(({ name, query: saved }) => (
        <a
          key={name}
          class="chip"
          href={hrefOf(saved === "" ? "/" : `/?${saved}`)}
          aria-current={saved === query ? "page" : undefined}
        >
          {name}
        </a>
      ))}
      {current !== undefined && (
        <button type="button" class="quiet" onClick={() => removeView(current.name)}>
          Remove this view
        </button>
      )}
      {current === undefined && query !== "" && (
        <button type="button" class="quiet" onClick={() => setIsNaming(true)}>
          Save this view…
        </button>
      )}
      {isNaming && <NameDialog query={query} close={() => setIsNaming(false)} />}
    </>
  );
}

function NameDialog({ query, close }: { query: string; close: () => void }) {
  const save = (event: SubmitEvent) => {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget as HTMLFormElement).get("name")).trim();
    if (name !== "") saveView({ name, query });
    close();
  };
  return (
    <Dialog title="Save this view" close={close}>
      <form onSubmit={save}>
        <p>The filters and the order are saved in this browser. To share them, copy the address of the page.</p>
        <label>
          Name
          <input name="name" required maxLength={60} />
        </label>
        <div class="buttons">
          <button type="button" onClick={close}>
            Cancel
          </button>
          <button type="submit" class="primary">
            Save
          </button>
        </div>
      </form>
    </Dialog>
  );
}
