import { type HostileRequest, hostileQuery, type QueriedKind, SHORT } from "./hostileRequest.js";
import { arrayText } from "./jsonText.js";

/** Every field with text, by kind. */
const TEXT_FIELDS: [kind: QueriedKind, fields: string[]][] = [
  [
    "taskforces",
    [
      "taskforce_uuid",
      "task_id",
      "workflow_id",
      "schedd",
      "phase",
      "job_event_log_fpath",
      "phase_change_log.context",
      "phase_change_log.target_phase",
      "phase_change_log.source_entity",
      "submit_dict.large",
      "submit_dict.universe",
      "pilot_config.tag",
      "pilot_config.input_files",
      "worker_config.worker_disk",
      "worker_config.worker_memory",
      "worker_config.condor_requirements",
    ],
  ],
  [
    "task-directives",
    ["task_id", "workflow_id", "task_image", "task_args", "init_image", "init_args", "cluster_locations"],
  ],
  ["workflows", ["workflow_id", "deactivated"]],
];

/** Patterns that are exponential for engines that backtrack, and the largest for those that do not. */
const PATTERNS: [name: string, pattern: string, options?: string][] = [
  ["(a*)*$", "(a*)*$"],
  ["(x+x+)+y", "(x+x+)+y"],
  ["(.*)*(.*)*(.*)*z", "(.*)*(.*)*(.*)*z"],
  ["(x|xx)*y", "(x|xx)*y"],
  ["ten times .*", `${".*".repeat(10)}=`],
  ["a dot repeated 1000 times", ".{1000}$"],
  ["x{0,1000}", "x{0,1000}x{0,1000}y"],
  ["nested counts of a thousand", "((x?){10}){100}y"],
  ["counts beyond the limit", "(x{1000}){1000}"],
  ["a large alternation", Array.from({ length: 180 }, (_, n) => `x${n.toString(36)}y`).join("|")],
  ["letters of any case", "\\p{L}{100}\\P{L}", "i"],
  ["a class of all letters of any case", "[\\p{Lu}\\p{Ll}\\p{Greek}]{200}!", "i"],
  ["lines and dots", "^(.*\\n)*z$", "ims"],
];

const quoted = (text: string): string => JSON.stringify(text);

const onEveryField = (fields: readonly string[], pattern: string, options: string): string =>
  `{"$or":${arrayText(fields.length, (n) => `{"${fields[n]}":{"$regex":${quoted(pattern)},"$options":"${options}"}}`)}}`;

/** Catastrophic patterns, each on every field with text. */
export const PATTERN_FILTERS: HostileRequest[] = [
  ...PATTERNS.flatMap(([name, pattern, options = ""]) =>
    TEXT_FIELDS.map(([kind, fields]) =>
      hostileQuery(`pattern on ${kind}: ${name}`, () => onEveryField(fields, pattern, options), {
        kind,
        isInShortBattery: kind === "taskforces" && ["(x+x+)+y", "nested counts of a thousand"].includes(name),
      }),
    ),
  ),
  hostileQuery(
    "pattern: 50 different ones",
    () =>
      `{"$or":${arrayText(50, (n) => `{"phase_change_log.context":{"$regex":"(x+x+)+${String.fromCodePoint(200 + n)}"}}`)}}`,
    SHORT,
  ),
  hostileQuery(
    "pattern: 2,000 times the same",
    () => `{"$or":${arrayText(2000, () => '{"phase_change_log.context":{"$regex":"(x+x+)+y"}}')}}`,
  ),
  hostileQuery(
    "pattern: 2,000 different ones",
    () => `{"$or":${arrayText(2000, (n) => `{"schedd":{"$regex":"(x+x+)+${n}"}}`)}}`,
  ),
];
