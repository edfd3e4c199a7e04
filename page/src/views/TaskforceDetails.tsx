import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { formatNumber } from "../../../client/src/format.js";
import { hideSecretsInText, hideSecretValues } from "../../../client/src/hideSecrets.js";
import { formatSubmitFile } from "../../../client/src/submitFile.js";
import { fetchTaskforce } from "../api/apiRequests.ts";
import type { FullTaskforce, TaskDirective } from "../api/apiTypes.ts";
import { createRefreshable } from "../live/refreshable.ts";
import { PhaseBadge } from "../parts/Bars.tsx";
import { CopyButton } from "../parts/Copy.tsx";
import { JsonButton } from "../parts/Json.tsx";
import { Loaded } from "../parts/Notices.tsx";
import { Timestamp } from "../parts/Times.tsx";
import { DescriptionList } from "../parts/View.tsx";
import { scheddUrl } from "../paths/workflowAddress.ts";

interface TaskforceDetailsProps {
  uuid: string;
  tasks: readonly TaskDirective[];
  /** Removes the taskforce from the address. */
  closeUrl: string;
  /** Changes when the taskforce may have changed. */
  version: string;
}

/** Everything about one taskforce, without secrets. It scrolls into view when it appears. */
export function TaskforceDetails({ uuid, tasks, closeUrl, version }: TaskforceDetailsProps) {
  const element = useRef<HTMLDivElement>(null);
  const taskforce = useMemo(() => createRefreshable((signal) => fetchTaskforce(uuid, signal)), [uuid]);
  useEffect(() => taskforce.dispose, [taskforce]);
  useEffect(() => taskforce.refresh(), [taskforce, version]);
  const isLoaded = taskforce.value.value !== undefined;
  useEffect(() => {
    // Instead of the view's heading, which takes the focus first.
    const frame = requestAnimationFrame(() => element.current?.scrollIntoView({ block: "center" }));
    return () => cancelAnimationFrame(frame);
  }, [uuid, isLoaded]);
  return (
    <div class="details" ref={element}>
      <div class="section-head">
        <h3>
          Taskforce <code>{uuid}</code>
        </h3>
        <a href={closeUrl}>Close</a>
      </div>
      <Loaded from={taskforce} what="the taskforce">
        {(loaded) => <Contents taskforce={loaded} task={tasks.find(({ task_id }) => task_id === loaded.task_id)} />}
      </Loaded>
    </div>
  );
}

function Contents({ taskforce, task }: { taskforce: FullTaskforce; task: TaskDirective | undefined }) {
  const { taskforce_uuid, task_id, schedd, cluster_id, job_event_log_fpath, n_workers, priority, timestamp } =
    taskforce;
  const { environment, ...pilot } = taskforce.pilot_config;
  const submitDict = hideSecretValues(taskforce.submit_dict);
  return (
    <>
      <DescriptionList
        facts={[
          { name: "Id", value: <Copyable text={taskforce_uuid} what="the id" /> },
          { name: "Task", value: <Copyable text={task_id} what="the id of the task" /> },
          { name: "Schedd", value: <a href={scheddUrl(schedd)}>{schedd}</a> },
          {
            name: "HTCondor cluster",
            value:
              cluster_id === null ? "not submitted yet" : <Copyable text={String(cluster_id)} what="the cluster id" />,
          },
          ...(job_event_log_fpath === ""
            ? []
            : [{ name: "Job event log", value: <Copyable text={job_event_log_fpath} what="the path of the log" /> }]),
          { name: "Phase", value: <PhaseBadge phase={taskforce.phase} /> },
          { name: "Workers", value: n_workers === null ? "–" : formatNumber(n_workers) },
          { name: "Priority", value: formatNumber(priority) },
          { name: "Created", value: <Timestamp at={timestamp} /> },
        ]}
      />
      {task && <TaskFacts task={task} />}
      <Values title="Pilot" values={pilot} />
      <Values title="Environment of the pilot" values={environment} />
      <Values title="Worker" values={taskforce.worker_config} />
      <Block title="condor_submit">
        {Object.keys(submitDict).length === 0 ? (
          <p class="quiet-text">The TMS reports it when it has submitted the taskforce.</p>
        ) : (
          <PlainText text={formatSubmitFile(submitDict, n_workers)} what="the submit file" />
        )}
      </Block>
      <div class="buttons">
        <JsonButton path={`/v1/taskforces/${taskforce_uuid}`} label="Taskforce" />
        <JsonButton path={`/v1/task-directives/${task_id}`} label="Task directive" />
      </div>
    </>
  );
}

function TaskFacts({ task }: { task: TaskDirective }) {
  return (
    <>
      <Block title="Task">
        <PlainText text={task.task_image} what="the image" />
        {task.task_args !== "" && <PlainText text={hideSecretsInText(task.task_args)} what="the arguments" />}
      </Block>
      <Values title="Environment of the task" values={task.task_env} />
      {task.init_image !== "" && (
        <Block title="Init container">
          <PlainText text={task.init_image} what="the init image" />
          {task.init_args !== "" && <PlainText text={hideSecretsInText(task.init_args)} what="the init arguments" />}
        </Block>
      )}
      <Values title="Environment of the init container" values={task.init_env} />
    </>
  );
}

const Block = ({ title, children }: { title: string; children: ComponentChildren }) => (
  <div class="block">
    <h4>{title}</h4>
    {children}
  </div>
);

/** Named values, without secrets; nothing if there are none. */
function Values({ title, values }: { title: string; values: Readonly<Record<string, unknown>> | null | undefined }) {
  const entries = Object.entries(hideSecretValues(values ?? {}));
  if (entries.length === 0) return null;
  const text = ([key, value]: [string, unknown]) =>
    `${key} = ${typeof value === "string" ? value : JSON.stringify(value)}`;
  return (
    <Block title={title}>
      <PlainText text={entries.map(text).join("\n")} what={title} />
    </Block>
  );
}

const Copyable = ({ text, what }: { text: string; what: string }) => (
  <>
    <code>{text}</code> <CopyButton text={text} what={what} />
  </>
);

/** A text with its line breaks and a button that copies it. */
const PlainText = ({ text, what }: { text: string; what: string }) => (
  <div class="copyable">
    {/* Focusable, so that the keyboard can scroll it. */}
    <pre class="error-text" tabIndex={0} role="region" aria-label={what}>
      {text}
    </pre>
    <CopyButton text={text} what={what} />
  </div>
);
