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

/** What the documentation says of a setting. */
export type SettingDescription = {
  section: (typeof SECTIONS)[number];
  /** One sentence or less, in Markdown. */
  description: string;
  /** Shown in place of the default where that can't be read off, or explains nothing. */
  shownDefault?: string;
  /** Whether nobody may see it; of an address, its passwords. */
  isSecret?: true;
};

/** Describes a setting. */
export const describeSetting = (
  section: SettingDescription["section"],
  description: string,
  shownDefault?: string,
): SettingDescription => ({
  section,
  description,
  ...(shownDefault !== undefined && { shownDefault }),
});

/** Marks it as one that nobody may see. */
export const markSecret = (described: SettingDescription): SettingDescription => ({
  ...described,
  isSecret: true,
});
