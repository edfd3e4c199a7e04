/** What a caller may do: each route names the roles that it is for. An operator looks after the queues. */
export type Role = "user" | "system-tms" | "operator";

/** Who sends a request. */
export interface Caller {
  /** The token's subject, or an operator's name. */
  subject: string;
  roles: ReadonlySet<Role>;
}

/** The caller of every request while tokens are not checked: it may do everything, and counts as a user. */
export const UNCHECKED_CALLER: Caller = { subject: "anybody", roles: new Set<Role>(["user", "system-tms"]) };
