import type { ComponentChildren } from "preact";
import { isOperator } from "../session/permissions.ts";
import { queueUrl } from "./queueLinks.ts";

interface QueueLinkProps {
  queue: string;
  /** Status of the jobs that the dashboard lists. */
  status?: "failed";
  class?: string;
  children: ComponentChildren;
}

/** A link to a queue in the Bull dashboard; for people who may not open it, its text alone. */
export const QueueLink = ({ queue, status, class: className, children }: QueueLinkProps) =>
  isOperator ? (
    <a class={className} href={queueUrl(queue, status)}>
      {children}
    </a>
  ) : (
    <span class={className}>{children}</span>
  );
