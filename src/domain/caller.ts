/**
 * The roles of callers. Each route names the roles that may call it; an operator manages the queues, a viewer reads
 * everything and changes nothing.
 */
export type Role = "user" | "system-tms" | "operator" | "viewer";

/** The sender of a request. */
export interface Caller {
  /** The token's subject, or an operator's name. */
  subject: string;
  roles: ReadonlySet<Role>;
  /** The name that the token shows to people. */
  name?: string;
  /** Those groups of the token that share the ownership of workflows. */
  groups?: readonly string[];
}

/** The caller of every request while authentication is off. It counts as a user. */
export const UNCHECKED_CALLER: Caller = { subject: "anonymous", roles: new Set<Role>(["user", "system-tms"]) };

/** Whether a caller may see what is for operators only, such as hosts and errors of upstream services. */
export const seesOperatorDetails = (caller: Caller | undefined): boolean =>
  caller === UNCHECKED_CALLER || caller?.roles.has("operator") === true || caller?.roles.has("viewer") === true;

/** An operator on the operator pages. */
export const operatorCaller = (subject: string): Caller => ({ subject, roles: new Set(["operator"]) });
