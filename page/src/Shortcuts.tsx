import { useEffect, useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { Dialog } from "./parts/Dialog.tsx";
import { hrefOf } from "./paths/basePath.ts";

const SHORTCUTS = [
  { keys: "/", effect: "search workflows" },
  { keys: "j, k", effect: "go to the next, the previous workflow of the list" },
  { keys: "Enter", effect: "open it" },
  { keys: "?", effect: "show this list" },
];

/** Handles the keys that work in every view, unless the user is typing. */
export function Shortcuts() {
  const [isHelpOpen, setHelpOpen] = useState(false);
  const { route } = useLocation();
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || hasOpenDialog()) return;
      const act = {
        "/": () => focusSearch(route),
        j: () => moveFocus(1),
        k: () => moveFocus(-1),
        "?": () => setHelpOpen(true),
      }[event.key];
      if (act === undefined) return;
      event.preventDefault();
      act();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [route]);
  if (!isHelpOpen) return null;
  return (
    <Dialog title="Keys" close={() => setHelpOpen(false)}>
      <dl class="keys">
        {SHORTCUTS.map(({ keys, effect }) => (
          <div key={keys}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{effect}</dd>
          </div>
        ))}
      </dl>
      <div class="buttons">
        <button type="button" onClick={() => setHelpOpen(false)}>
          Close
        </button>
      </div>
    </Dialog>
  );
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.matches("textarea, select, input:not([type=checkbox])"));

const hasOpenDialog = (): boolean => document.querySelector("dialog[open]") !== null;

function focusSearch(route: (url: string) => void): void {
  const search = document.querySelector<HTMLInputElement>("#search");
  if (search === null) route(hrefOf("/"));
  search?.focus();
  search?.select();
}

/** Moves the focus among the links of the list's rows. */
function moveFocus(by: 1 | -1): void {
  const links = [...document.querySelectorAll<HTMLElement>(".row-link")];
  const current = links.findIndex(
    (link) => link === document.activeElement || link.closest("li")?.contains(document.activeElement),
  );
  const next = links[current === -1 ? (by === 1 ? 0 : links.length - 1) : current + by];
  next?.focus();
}
