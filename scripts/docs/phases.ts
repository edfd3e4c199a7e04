import { PHASE_CHANGE_SOURCES, PHASE_TRANSITIONS, PHASES } from "../../src/domain/phases.js";

/** The events that cause transitions, by source; those of a TMS by the phase that its report names. */
const CAUSES: Record<string, string> = {
  activator: "the MQS has activated the queues",
  launcher: "the taskforce is ready to start",
  operator: "an operator retries a dead letter",
  deactivation: "a user aborts or finishes the workflow",
  "condor-submit": "HTCondor accepted the cluster",
  "condor-rm": "HTCondor removed the cluster",
  "condor-complete": "the HTCondor cluster completed",
};

interface Transition {
  from: string;
  to: string;
  source: keyof typeof PHASE_CHANGE_SOURCES;
}

const transitions: Transition[] = Object.entries(PHASE_TRANSITIONS).flatMap(([from, next]) =>
  Object.entries(next).map(([to, source]) => ({ from, to, source })),
);

/** Mermaid allows no dash in the id of a state. */
const stateId = (phase: string): string => phase.replaceAll("-", "_");

const arrow = ({ from, to, source }: Transition): string => `  ${stateId(from)} --> ${stateId(to)}: ${source}`;

const row = ({ from, to, source }: Transition): string => {
  const cause = CAUSES[source === "tms" ? to : source];
  const report = source === "tms" ? `, \`POST /v1/tms/${to}/…\`` : "";
  return `| ${from} | ${to} | \`${PHASE_CHANGE_SOURCES[source]}\` | ${cause}${report} |`;
};

/** `docs/phases.md`: the legal transitions of a taskforce as a diagram and a table. */
export const renderPhasesPage = (): string => `# Phases of a taskforce

For developers, and for operators who read a \`phase_change_log\`. The page lists every legal transition and its cause.
\`npm run docs\` generates it from the table in \`src/domain/phases.ts\`. TypeScript and the Lua scripts use the same table.

\`\`\`mermaid
stateDiagram-v2
${PHASES.map((phase) => `  state "${phase}" as ${stateId(phase)}`).join("\n")}
  [*] --> ${stateId(PHASES[0])}: user
${transitions.map(arrow).join("\n")}
  condor_complete --> [*]
\`\`\`

- A new taskforce starts in ${PHASES[0]}.
- No taskforce of a deactivated workflow enters pre-launch, pending-starter or condor-submit.
- A report that repeats the last one changes nothing. A report that would be an illegal transition keeps the phase.

| from | to | \`source_entity\` | cause |
| --- | --- | --- | --- |
${transitions.map(row).join("\n")}
`;
