/** Groups of settings, in the order in which the documentation lists them. */
export const SECTIONS = [
  "HTTP",
  "Limits",
  "Access",
  "Redis and data",
  "Clusters and pilots",
  "Message queue service",
  "Task management services",
  "Queries",
  "Metrics",
  "Process",
] as const;

/** The documentation of a setting. */
export type SettingDescription = {
  section: (typeof SECTIONS)[number];
  /** A phrase in Markdown. */
  description: string;
  /** Shown instead of the actual default. */
  shownDefault?: string;
  /** Whether the log masks the value; of an address, only its passwords. */
  isSecret?: true;
};

/** Creates the documentation of a setting. */
export const describeSetting = (
  section: SettingDescription["section"],
  description: string,
  shownDefault?: string,
): SettingDescription => ({
  section,
  description,
  ...(shownDefault !== undefined && { shownDefault }),
});

/** Marks a setting as a secret. */
export const markSecret = (described: SettingDescription): SettingDescription => ({
  ...described,
  isSecret: true,
});
