import { readMetaContent } from "../paths/basePath.ts";

/** The roles of the signed-in person; undefined: the document names none, as on the development server. */
const roles = readMetaContent("roles")?.split(" ").filter(Boolean);

const hasOneOf = (...wanted: string[]): boolean => roles === undefined || wanted.some((role) => roles.includes(role));

/** The roles to show, such as `user, viewer`. */
export const shownRoles = roles?.join(", ") ?? "";

/** Whether to offer what the API and the dashboard allow operators only. The service itself checks each request. */
export const isOperator = hasOneOf("operator");

/** Whether to offer changes of workflows. */
export const mayChangeWorkflows = hasOneOf("user", "operator");

/** Whether the API lets the person read the events of all workflows, and the acts of operators. */
export const readsOperatorRecords = hasOneOf("operator", "viewer");
