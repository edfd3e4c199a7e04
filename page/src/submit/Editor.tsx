import type { Schema } from "@cfworker/json-schema";
import type { RefObject } from "preact";
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { describeLocation, useLocations } from "../live/useLocations.ts";
import type { TextIssue } from "./checkText.ts";
import { type Completion, completeAt, type Suggestion } from "./completion.ts";

interface EditorProps {
  area: RefObject<HTMLTextAreaElement | null>;
  text: string;
  schema: Schema;
  issues: readonly TextIssue[];
  change: (text: string) => void;
}

/** An editor for a request: a text with line numbers, and suggestions for the place of the cursor. */
export function Editor({ area, text, schema, issues, change }: EditorProps) {
  const numbers = useRef<HTMLPreElement>(null);
  const locations = useLocations();
  const [completion, setCompletion] = useState<Completion>();
  const names = useMemo(
    () => locations.map(({ location }) => ({ name: location, description: describeLocation(locations, location) })),
    [locations],
  );
  const suggest = () => {
    if (area.current) setCompletion(completeAt(text, area.current.selectionStart, schema, names));
  };
  const close = () => {
    setCompletion(undefined);
    area.current?.focus();
  };
  const insert = ({ insert: inserted }: Suggestion) => {
    if (completion === undefined || area.current === null) return;
    area.current.setRangeText(inserted, completion.start, completion.end, "end");
    change(area.current.value);
    close();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (!event.ctrlKey || event.code !== "Space") return;
    event.preventDefault();
    suggest();
  };
  return (
    <>
      <div class="editor">
        <pre class="line-numbers" ref={numbers} aria-hidden="true">
          {numberLines(text, issues)}
        </pre>
        <textarea
          ref={area}
          aria-label="Request in JSON or YAML"
          aria-invalid={issues.length > 0}
          aria-describedby="issues"
          spellcheck={false}
          autocapitalize="off"
          wrap="off"
          rows={24}
          value={text}
          onInput={(event) => {
            setCompletion(undefined);
            change(event.currentTarget.value);
          }}
          onKeyDown={onKeyDown}
          onScroll={(event) => numbers.current?.scrollTo({ top: event.currentTarget.scrollTop })}
        />
      </div>
      <div class="buttons">
        <button type="button" onClick={suggest} aria-keyshortcuts="Control+Space">
          Suggest at the cursor
        </button>
      </div>
      {completion && <Suggestions completion={completion} insert={insert} close={close} />}
    </>
  );
}

/** Line numbers, with a mark at the lines of issues. */
function numberLines(text: string, issues: readonly TextIssue[]): string {
  const marked = new Set(issues.map(({ line }) => line));
  return text
    .split("\n")
    .map((_, at) => (marked.has(at + 1) ? `⚠ ${at + 1}` : String(at + 1)))
    .join("\n");
}

interface SuggestionsProps {
  completion: Completion;
  insert: (suggestion: Suggestion) => void;
  close: () => void;
}

/** The suggestions. The first one has the focus; arrow keys move it, Escape returns to the editor. */
function Suggestions({ completion: { suggestions }, insert, close }: SuggestionsProps) {
  const list = useRef<HTMLDivElement>(null);
  const buttons = () => [...(list.current?.querySelectorAll("button") ?? [])];
  // Before the list is painted: a key pressed as it appears would otherwise go to the text.
  useLayoutEffect(() => buttons()[0]?.focus(), [suggestions]);
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key !== "Escape" && step === undefined) return;
    event.preventDefault();
    if (step === undefined) return close();
    const all = buttons();
    const current = all.indexOf(document.activeElement as HTMLButtonElement);
    all[Math.max(0, Math.min(all.length - 1, current + step))]?.focus();
  };
  return (
    <div class="suggestions" role="group" aria-label="Suggestions" ref={list} onKeyDown={onKeyDown}>
      {suggestions.length === 0 && <p role="status">Nothing to suggest at the cursor.</p>}
      {suggestions.map((suggestion) => (
        <button type="button" key={suggestion.label} onClick={() => insert(suggestion)}>
          <code>{suggestion.label}</code> <span class="quiet-text">{suggestion.description}</span>
        </button>
      ))}
      <button type="button" class="quiet" onClick={close}>
        Close the suggestions
      </button>
    </div>
  );
}
