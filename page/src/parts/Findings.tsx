import type { ComponentChildren } from "preact";
import { useLocation } from "preact-iso";
import type { Finding } from "../api/apiTypes.ts";
import { hrefOf } from "../paths/basePath.ts";
import { isOperator } from "../session/permissions.ts";
import { queueUrl, scheddQueueName } from "./queueLinks.ts";

const SEVERITY_LABELS = { error: "Error", warning: "Warning", info: "Note" } as const;
const SEVERITY_SYMBOLS = { error: "✕", warning: "⚠", info: "ⓘ" } as const;

type Link = { href: string; label: string };

/** Where a finding can be examined or repaired. */
function linkOf({ code, subject: { kind, id } }: Finding): Link | undefined {
  const queueLink = isOperator ? queueLinkOf(code, kind, id) : undefined;
  if (queueLink !== undefined) return queueLink;
  if (code === "unknown-schedd-polls") return { href: hrefOf("/schedds"), label: "Schedds" };
  if (kind === "service") return { href: hrefOf("/system"), label: "System" };
  return kind === "schedd" ? { href: hrefOf(`/schedds/${encodeURIComponent(id)}`), label: "Schedd" } : undefined;
}

/** Where an operator repairs it in the dashboard. */
function queueLinkOf(code: string, kind: string, id: string): Link | undefined {
  if (code === "dead-letters")
    return { href: queueUrl(scheddQueueName("starter", id), "failed"), label: "Dead letters" };
  if (code === "activation-refused") return { href: queueUrl("mq-activation", "failed"), label: "Dead letters" };
  return kind === "queue" ? { href: queueUrl(id), label: "Queue" } : undefined;
}

interface FindingListProps {
  findings: readonly Finding[];
  /** A button for a finding, if the view offers one. */
  button?: (finding: Finding) => ComponentChildren;
}

/** Findings with their actions and links, the most important first. */
export function FindingList({ findings, button }: FindingListProps) {
  const { path } = useLocation();
  if (findings.length === 0) return null;
  return (
    <ul class="findings">
      {findings.map((finding) => {
        const { code, severity, sentence, action, subject } = finding;
        const link = linkOf(finding);
        return (
          <li key={`${code} ${subject.id}`} class={`is-${severity}`}>
            <p>
              <span aria-hidden="true">{SEVERITY_SYMBOLS[severity]}</span>{" "}
              <span class="visually-hidden">{SEVERITY_LABELS[severity]}: </span>
              <b>{toSentence(sentence)}</b> {link && link.href !== path && <a href={link.href}>{link.label}</a>}
            </p>
            {action !== null && <p>{action}</p>}
            {button?.(finding)}
          </li>
        );
      })}
    </ul>
  );
}

const toSentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
