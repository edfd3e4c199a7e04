import type { ShownMembers } from "../../../src/store/documents.js";

/** The members of a document that a projection shows, as JSON text. */
export function projectJson(document: object, shown: ShownMembers): string {
  const members = Object.entries(document).flatMap(([name, value]) => {
    const show = shown.get(name);
    const part = show === null ? value : show?.(value);
    return part === undefined ? [] : [`${JSON.stringify(name)}:${JSON.stringify(part)}`];
  });
  return `{${members.join()}}`;
}
