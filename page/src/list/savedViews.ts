import { signal } from "@preact/signals";

/** A view of the list that the user has named. It is kept in the browser. */
export interface SavedView {
  name: string;
  /** Query string, without a question mark. */
  query: string;
}

const STORAGE_KEY = "ewms.views";
const MAX_VIEWS = 30;

/** The saved views, in the order of their names. */
export const savedViews = signal<readonly SavedView[]>(readViews());

/** Saves a view, in place of one with the same name. */
export function saveView(view: SavedView): void {
  const others = savedViews.value.filter(({ name }) => name !== view.name);
  storeViews([...others, view].sort((one, other) => one.name.localeCompare(other.name)).slice(0, MAX_VIEWS));
}

/** Removes a saved view. */
export const removeView = (name: string): void => storeViews(savedViews.value.filter((view) => view.name !== name));

function readViews(): SavedView[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(STORAGE_KEY) ?? "[]");
    return Array.isArray(stored) ? stored.filter(isView) : [];
  } catch {
    // The browser allows no storage, or the value is not ours.
    return [];
  }
}

function isView(value: unknown): value is SavedView {
  if (typeof value !== "object" || value === null) return false;
  const { name, query } = value as Partial<SavedView>;
  return typeof name === "string" && typeof query === "string";
}

function storeViews(views: readonly SavedView[]): void {
  savedViews.value = views;
  try {
    localStorage.setItem(STORAGE_KEY, JSON.stringify(views));
  } catch {
    // Then the views last as long as the page.
  }
}
