/** What a process does: serve requests, do the background work, or both. */
export interface Roles {
  web: boolean;
  workers: boolean;
}

/** The roles of a process in words. */
export const roleOf = ({ web, workers }: Roles): string =>
  [web && "web", workers && "worker"].filter(Boolean).join(" ");

/** Whether a role in words includes the background work. */
export const hasWorkers = (role: string): boolean => role.split(" ").includes("worker");
