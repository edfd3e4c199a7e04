import { useEffect, useRef, useState } from "preact/hooks";
import { annotationHeaders } from "../../../client/src/annotationHeaders.js";
import { randomIdempotencyKey } from "../../../client/src/apiCalls.js";
import { ApiError } from "../../../client/src/clientErrors.js";
import { formatCount } from "../../../client/src/format.js";
import { type CreatedWorkflow, postWorkflow } from "../api/apiRequests.ts";
import type { WorkflowRequest } from "../api/apiTypes.ts";
import { ErrorNotice, LoadingNotice } from "../parts/Notices.tsx";
import { Section } from "../parts/View.tsx";
import { hrefOf } from "../paths/basePath.ts";
import { type CheckedText, checkText, issueOfError, type TextIssue } from "./checkText.ts";
import { Editor } from "./Editor.tsx";
import { type Draft, formatJson, loadDraft } from "./loadDraft.ts";

/** Milliseconds without a change until the text is checked. */
const CHECK_DELAY_MS = 250;

/** Loads the schema and the workflow to clone, then shows the form. @param clone the id of the workflow */
export function SubmitForm({ clone }: { clone: string | undefined }) {
  const [draft, setDraft] = useState<Draft>();
  const [error, setError] = useState<Error>();
  useEffect(() => {
    loadDraft(clone).then(setDraft, setError);
  }, [clone]);
  if (error) return <ErrorNotice error={error} />;
  if (draft === undefined) return <LoadingNotice what={clone === undefined ? "the schema" : clone} />;
  return <Form draft={draft} />;
}

function Form({ draft }: { draft: Draft }) {
  const area = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState(draft.text);
  const [name, setName] = useState(draft.name);
  const [labels, setLabels] = useState(draft.labels);
  const checked = useCheckedText(text, draft);
  const submission = useSubmission();
  const isCurrent = checked?.text === text;
  const isValid = isCurrent && checked.issues.length === 0;
  const refusal = submission.error && submission.checked.text === text ? submission : undefined;
  const issues =
    refusal?.error instanceof ApiError
      ? [issueOfError(refusal.error.message, refusal.checked)]
      : (checked?.issues ?? []);

  const loadFile = async (file: File | undefined) => {
    if (file !== undefined) setText(await file.text());
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (isValid) submission.send(checked, name.trim(), labels.trim());
  };
  return (
    <form class="submit" onSubmit={submit}>
      <Section title="Request">
        <div class="buttons">
          <label>
            From a file{" "}
            <input
              type="file"
              accept=".json,.yaml,.yml"
              onClick={(event) => {
                // Without this, the browser ignores the same file after a change.
                event.currentTarget.value = "";
              }}
              onChange={(event) => void loadFile(event.currentTarget.files?.[0])}
            />
          </label>
          <button type="button" onClick={() => setText(formatJson(draft.example))}>
            Use the example
          </button>
        </div>
        <Editor area={area} text={text} schema={draft.schema} issues={isCurrent ? issues : []} change={setText} />
        <Issues
          issues={issues}
          omittedCount={checked?.omittedCount ?? 0}
          verdict={
            text.trim() === "" ? "Write a request in JSON or YAML." : isValid ? "The request matches the schema." : ""
          }
          goTo={(line) => selectLine(area.current, line)}
        />
      </Section>
      <Section title="About">
        <label>
          Name
          <input value={name} maxLength={120} onInput={(event) => setName(event.currentTarget.value)} />
        </label>
        <label>
          Labels, such as season=IC86, mc=22345
          <input value={labels} onInput={(event) => setLabels(event.currentTarget.value)} />
        </label>
        {submission.error && !(submission.error instanceof ApiError) && <ErrorNotice error={submission.error} />}
        <div class="buttons">
          <button type="submit" class="primary" disabled={!isValid || submission.isRunning}>
            Submit the workflow
          </button>
        </div>
        <div class="outcome" role="status">
          {submission.created && <Created {...submission.created} />}
        </div>
      </Section>
    </form>
  );
}

/** Checks the text when it has not changed for a moment. @returns the last check, perhaps of an earlier text */
function useCheckedText(text: string, { schema }: Draft): CheckedText | undefined {
  const [checked, setChecked] = useState<CheckedText>();
  useEffect(() => {
    if (text.trim() === "") return setChecked(undefined);
    const timer = setTimeout(() => setChecked(checkText(text, schema)), CHECK_DELAY_MS);
    return () => clearTimeout(timer);
  }, [text, schema]);
  return checked;
}

interface Submission {
  isRunning: boolean;
  /** What was submitted last. */
  checked: CheckedText;
  error: Error | undefined;
  created: CreatedWorkflow | undefined;
}

function useSubmission() {
  const [state, setState] = useState<Partial<Submission> & { isRunning: boolean }>({ isRunning: false });
  // An equal request has the same key, so that a repetition creates no second workflow.
  const keys = useRef(new Map<string, string>());
  const send = async (checked: CheckedText, name: string, labels: string) => {
    const headers = annotationHeaders(name === "" ? undefined : name, labels);
    const content = JSON.stringify([checked.text, headers]);
    const key = keys.current.get(content) ?? randomIdempotencyKey();
    keys.current.set(content, key);
    setState({ isRunning: true, checked });
    try {
      const created = await postWorkflow(checked.request?.value as WorkflowRequest, headers, key);
      setState({ isRunning: false, checked, created });
    } catch (error) {
      setState({ isRunning: false, checked, error: error as Error });
    }
  };
  return { ...(state as Submission), send: (...request: Parameters<typeof send>) => void send(...request) };
}

interface IssuesProps {
  issues: readonly TextIssue[];
  omittedCount: number;
  /** What to show without issues. */
  verdict: string;
  goTo: (line: number) => void;
}

/** The issues of the text. Each with a line is a button that selects it. */
const Issues = ({ issues, omittedCount, verdict, goTo }: IssuesProps) => (
  <div id="issues" class="issues" role="status">
    {issues.length === 0 && <p>{verdict}</p>}
    {issues.length > 0 && (
      <ul>
        {issues.map(({ line, message }) => (
          <li key={`${line} ${message}`}>
            {line !== undefined && (
              <button type="button" onClick={() => goTo(line)}>
                Line {line}
              </button>
            )}{" "}
            <span class="danger-text">{message}</span>
          </li>
        ))}
        {omittedCount > 0 && <li>and {omittedCount} more</li>}
      </ul>
    )}
  </div>
);

/** Selects a line of a text, from 1 on, and scrolls to it. */
function selectLine(area: HTMLTextAreaElement | null, line: number): void {
  if (area === null) return;
  const lines = area.value.split("\n");
  const start = lines.slice(0, line - 1).reduce((sum, { length }) => sum + length + 1, 0);
  area.focus();
  area.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
  area.scrollTop = ((line - 4) / lines.length) * area.scrollHeight;
}

const Created = ({ workflow: { workflow_id }, task_directives, taskforces }: CreatedWorkflow) => (
  <p class="message">
    Created <a href={hrefOf(`/workflows/${workflow_id}`)}>{workflow_id}</a>:{" "}
    {formatCount(task_directives.length, "task")}, {formatCount(taskforces.length, "taskforce")}. Submitting the same
    request again shows this workflow, and creates no other one.
  </p>
);
