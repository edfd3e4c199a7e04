import type { ClusterLocations } from "./clusters.js";

/** Settings of the lifecycle and of queries. */
export interface LifecycleSettings {
  clusters: ClusterLocations;
  /** Directory of the pilot images; undefined: every well-formed tag is accepted unchanged. */
  pilotImagesDir: string | undefined;
  /** Size limit of what a user stores in one entity. */
  entityMaxBytes: number;
  /** Size limit of a query's response. */
  queryMaxBytes: number;
  /** Number of entities that one query may read. */
  queryMaxScan: number;
  /** Retries of a failed condor-submit before the taskforce becomes a dead letter. */
  actionRetries: number;
  /** Wait after the first failure; it doubles with each further one. */
  retryWaitSeconds: number;
  /** Whether only the owner of a workflow, its groups and operators may change it. */
  isOwnershipEnforced: boolean;
  /** Whether webhooks may have private and local addresses, and http. */
  allowPrivateWebhooks: boolean;
  /** Undefined: webhooks send no e-mail. */
  mail?: MailSettings | undefined;
}

/** How e-mail is sent. */
export interface MailSettings {
  /** The mail server, which may contain a password. */
  smtpUrl: string;
  /** The sender. */
  from: string;
  /** Domains of allowed recipients, in lower case. */
  domains: readonly string[];
  /** The address of the page, for links. */
  pageUrl?: string | undefined;
}
