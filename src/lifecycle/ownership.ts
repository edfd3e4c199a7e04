import { type Caller, UNCHECKED_CALLER } from "../domain/caller.js";
import { isWorkflowId } from "../domain/ids.js";
import { WmsError } from "../domain/wmsError.js";
import type { Wms } from "./context.js";

/**
 * Checks that a caller may change a workflow, if `OWNERSHIP` is enforced: its owner, a member of a group of the owner, an
 * operator, or a TMS. All users may change a workflow whose creator is not recorded, or was not authenticated.
 *
 * @param workflow any text; the change itself reports an unknown workflow
 * @throws WmsError `forbidden`
 */
export async function requireOwnership(wms: Wms, workflow: string, caller: Caller): Promise<void> {
  if (!wms.settings.isOwnershipEnforced || !isWorkflowId(workflow)) return;
  if (caller.roles.has("operator") || caller.roles.has("system-tms")) return;
  const creator = await wms.store.annotations.readCreator(workflow);
  if (creator === undefined || [caller.subject, UNCHECKED_CALLER.subject].includes(creator.subject)) return;
  if (creator.groups.some((group) => caller.groups?.includes(group))) return;
  throw new WmsError(
    "forbidden",
    `${workflow} belongs to ${creator.name ?? creator.subject}: only its owner, a member of the owner's groups, or an operator may change it`,
  );
}
