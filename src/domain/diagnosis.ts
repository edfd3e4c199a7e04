import { z } from "zod";
import { epochSeconds, orNull } from "./schemaParts.js";

/**
 * How urgent a finding is. error: nothing proceeds until a person acts. warning: something goes wrong and needs attention.
 * info: the normal course.
 */
export const SEVERITIES = ["error", "warning", "info"] as const;
export type Severity = (typeof SEVERITIES)[number];

interface FindingRule {
  severity: Severity;
  /** What the finding says, for the docs. */
  meaning: string;
  /** What to do; null when nothing has to be done. */
  action: string | null;
}

/** Every finding, the most important first. Its code is the key, which API, command line, page, metrics and alerts share. */
export const FINDING_RULES = {
  "no-worker": {
    severity: "error",
    meaning: "No worker process sends heartbeats, so queues are not activated and taskforces are not launched.",
    action: "Start a worker process, and read why the last one ended in its log.",
  },
  "mqs-failing": {
    severity: "error",
    meaning:
      "The MQS is unreachable or answers with errors. Workflows with message queues are not created or activated.",
    action: "Check the MQS, MQS_ADDRESS and the credentials of the service.",
  },
  "identity-provider-failing": {
    severity: "error",
    meaning: "The identity provider is unreachable. Tokens that are signed with new keys can't be verified.",
    action: "Check the identity provider and the network.",
  },
  "pilot-images-missing": {
    severity: "error",
    meaning: "The directory of pilot images can't be read, or holds none. No workflow is created.",
    action: "Mount the file system of CVMFS_PILOT_SINGULARITY_IMAGES_DIR again, on every machine of a web process.",
  },
  "queue-paused": {
    severity: "error",
    meaning: "An operator or a tool paused a queue. Nothing is taken from it.",
    action: "Resume the queue on the dashboard when the maintenance is over.",
  },
  "schedd-removed": {
    severity: "error",
    meaning: "Taskforces wait for a schedd that is no longer in CLUSTER_LOCATIONS.",
    action: "Configure the schedd again, or abort the workflow and submit it to another location.",
  },
  "dead-letters": {
    severity: "error",
    meaning: "Taskforces failed to be submitted too often. They are not handed out any more.",
    action: "Repair the cause, then retry the dead letters on the page of the workflow or on the dashboard.",
  },
  "activation-refused": {
    severity: "error",
    meaning: "The MQS refused to activate the message queues of a workflow.",
    action: "Repair the cause at the MQS, then retry the dead letter in mq-activation on the dashboard.",
  },
  "schedd-silent": {
    severity: "error",
    meaning: "Work waits for a schedd whose TMS has not asked for work for five minutes, or never did.",
    action: "Check that the TMS of this schedd is running, has a valid token, and polls with this name.",
  },
  "hand-outs-unreported": {
    severity: "warning",
    meaning: "A TMS took taskforces and did not report on them before their lease expired.",
    action: "Read the log of the TMS: it fails between the hand-out and its report.",
  },
  "stray-clusters": {
    severity: "warning",
    meaning: "HTCondor runs clusters whose report the service rejected. The service never stops them.",
    action: "Remove the clusters with condor_rm, then dismiss the entries.",
  },
  "submissions-failing": {
    severity: "warning",
    meaning: "The TMS could not submit taskforces to HTCondor. They are handed out again after a wait.",
    action: "Repair the cause that the error names.",
  },
  "removals-failing": {
    severity: "warning",
    meaning: "The TMS could not remove HTCondor clusters. They are handed out again until they are removed.",
    action: "Repair the cause that the error names.",
  },
  "activation-failing": {
    severity: "warning",
    meaning: "The MQS could not activate the message queues of a workflow. The service retries.",
    action: "Check the MQS.",
  },
  "workers-held": {
    severity: "warning",
    meaning: "HTCondor holds at least half of the workers.",
    action: "Repair the cause that the hold reasons name, or abort the workflow.",
  },
  "unknown-schedd-polls": {
    severity: "warning",
    meaning: "A TMS polls with the name of a schedd that is not in CLUSTER_LOCATIONS and never had a taskforce.",
    action: "Correct the name in the settings of the TMS, or configure the schedd.",
  },
  "redis-memory-short": {
    severity: "warning",
    meaning: "Redis uses more than 85 % of its memory limit. Beyond the limit it refuses writes.",
    action: "Raise maxmemory, or delete old workflows.",
  },
  "redis-not-persistent": {
    severity: "warning",
    meaning: "Redis could not write its snapshot or its append-only file. A restart would lose data.",
    action: "Free disk space, and read the log of Redis.",
  },
  "clock-differs": {
    severity: "warning",
    meaning:
      "The clock of a machine differs by more than two seconds from that of Redis. The service corrects its times.",
    action: "Synchronize the clocks by NTP: TMSes and logs use them too.",
  },
  "versions-differ": {
    severity: "info",
    meaning: "Processes of several releases are running: an upgrade is under way.",
    action: null,
  },
  "all-completed": {
    severity: "info",
    meaning: "All taskforces completed, and the workflow is still open.",
    action: "Finish the workflow.",
  },
  "workers-idle": {
    severity: "info",
    meaning: "HTCondor has not started any worker.",
    action: null,
  },
  "deactivation-under-way": {
    severity: "info",
    meaning: "An abort or finish has not reached all taskforces.",
    action: null,
  },
  "activation-waiting": {
    severity: "info",
    meaning: "Taskforces wait until the MQS has activated the message queues.",
    action: null,
  },
  launching: {
    severity: "info",
    meaning: "A worker process puts the taskforces into the queues of their schedds.",
    action: null,
  },
  "handed-out": {
    severity: "info",
    meaning: "A TMS leased taskforces and has not reported yet. An expired lease is offered again.",
    action: null,
  },
  "jobs-ahead": {
    severity: "info",
    meaning: "Other taskforces are handed out first at the schedd.",
    action: null,
  },
  "schedd-waiting": {
    severity: "info",
    meaning: "Taskforces wait for the next poll of their schedd's TMS.",
    action: null,
  },
  "removal-waiting": {
    severity: "info",
    meaning: "HTCondor clusters of a deactivated workflow wait for the next poll of their schedd's TMS.",
    action: null,
  },
  "never-started": {
    severity: "info",
    meaning: "The workflow was deactivated before these taskforces had a cluster. Their phase stays pending-stopper.",
    action: null,
  },
} as const satisfies Record<string, FindingRule>;

export type FindingCode = keyof typeof FINDING_RULES;

/** The codes, the most important first. */
export const FINDING_CODES = Object.keys(FINDING_RULES) as [FindingCode, ...FindingCode[]];

/** Warnings and errors that follow from the summary of a workflow alone, so that metrics count the workflows with them. */
export const ATTENTION_CODES = [
  "dead-letters",
  "hand-outs-unreported",
  "workers-held",
] as const satisfies readonly FindingCode[];
export type AttentionCode = (typeof ATTENTION_CODES)[number];

/** The schema of a {@link Finding}. */
export const findingSchema = z
  .strictObject({
    code: z.enum(FINDING_CODES).meta({ description: "Which finding; docs/operations/findings.md lists them." }),
    severity: z.enum(SEVERITIES).meta({
      description: "error: nothing proceeds until a person acts. warning: needs attention. info: the normal course.",
    }),
    sentence: z.string().meta({ description: "The finding in one sentence, without a capital and a full stop." }),
    since: orNull(epochSeconds, "Since when; null when that is unknown."),
    subject: z
      .strictObject({ kind: z.enum(["workflow", "taskforce", "schedd", "queue", "service"]), id: z.string() })
      .meta({ description: "What the finding is about. The id of the service is empty." }),
    action: orNull(z.string(), "What to do; null when nothing has to be done."),
  })
  .meta({ id: "Finding", description: "One reason why something is waiting or needs attention." });

/** One reason why something is waiting or needs attention. */
export type Finding = z.infer<typeof findingSchema>;

export type FindingSubject = Finding["subject"];

/** Maximum number of findings in a response. */
export const MAX_FINDINGS = 50;

/** The schema of a diagnosis. */
export const diagnosisSchema = z
  .strictObject({
    findings: z.array(findingSchema).meta({ description: `The most important first; ${MAX_FINDINGS} at most.` }),
    n_omitted: z.int().meta({ description: "Number of findings that are left out." }),
  })
  .meta({ id: "Diagnosis", description: "Why something is waiting, or what needs attention." });

/** Why something is waiting, or what needs attention. */
export type Diagnosis = z.infer<typeof diagnosisSchema>;

/** The highest severity of some findings; undefined without any. */
export function worstSeverity(codes: readonly FindingCode[]): Severity | undefined {
  const present = new Set(codes.map((code) => FINDING_RULES[code].severity));
  return SEVERITIES.find((severity) => present.has(severity));
}

/** What a detector of findings says; {@link toDiagnosis} adds what follows from the code. */
export type FoundFact = Pick<Finding, "code" | "sentence" | "since" | "subject">;

/** Orders findings by importance, equal ones in the order in which they were found. */
export function toDiagnosis(found: Iterable<FoundFact>): Diagnosis {
  const rankOf = ({ code }: FoundFact): number => FINDING_CODES.indexOf(code);
  const sorted = [...found].sort((a, b) => rankOf(a) - rankOf(b));
  const findings = sorted.slice(0, MAX_FINDINGS).map(({ code, sentence, since, subject }) => {
    const { severity, action } = FINDING_RULES[code];
    return { code, severity, sentence, since, subject, action };
  });
  return { findings, n_omitted: sorted.length - findings.length };
}
