/**
 * The roles of callers. Each route names the roles that may call it; an operator manages the queues, a viewer reads
 * everything and changes nothing.
 */
export type Role = "user" | "system-tms" | "operator" | "viewer";

/** The sender of a request. */
export interface Caller {
  /** The token's subject, or the name of an operator who signs in with a password. */
  subject: string;
  roles: ReadonlySet<Role>;
  /** The name that the token shows to people. */
  name?: string;
  /** Those groups of the token that share the ownership of workflows. */
  groups?: readonly string[];
}

/** The roles of people. Each of them may sign in to the page at `/`. */
export const ROLES_OF_PEOPLE = ["user", "operator", "viewer"] as const satisfies readonly Role[];

/** The caller of every request while authentication is off. It counts as a user. */
export const UNCHECKED_CALLER: Caller = { subject: "anonymous", roles: new Set<Role>(["user", "system-tms"]) };

/** Whether a caller may see what is for operators only, such as hosts and errors of upstream services. */
export const seesOperatorDetails = (caller: Caller | undefined): boolean =>
  caller === UNCHECKED_CALLER || caller?.roles.has("operator") === true || caller?.roles.has("viewer") === true;

/** An operator without an account at the identity provider. */
export const operatorCaller = (subject: string): Caller => ({ subject, roles: new Set(["operator"]) });

/** Returns how to show a caller. A name is readable, but may be given to another person; the subject identifies one. */
export const displayNameOf = ({ subject, name }: Caller): string =>
  name === undefined || name === subject ? subject : `${name} (${subject})`;
