import { z } from "zod";
import { annotationsSchema } from "../../domain/annotations.js";
import { isWorkflowId } from "../../domain/ids.js";
import { epochSeconds, orNull } from "../../domain/schemaParts.js";
import type { Wms } from "../../lifecycle/context.js";
import { entityNotFound } from "../../lifecycle/entityNotFound.js";
import { requireOwnership } from "../../lifecycle/ownership.js";
import { requireWorkflow } from "../../lifecycle/requireWorkflow.js";
import { originOf } from "../../store/annotations.js";
import { workflowAsCreated } from "../../store/records.js";
import { type Route, route } from "../http/route.js";

const { name, labels, note } = annotationsSchema.shape;
const ownerSchema = z.strictObject({
  subject: z.string().meta({ description: "The subject of the creator's token; `anonymous` without authentication." }),
  name: orNull(z.string(), "The name in the token; null when it has none."),
});
const shownAnnotationsSchema = z
  .strictObject({
    workflow_id: z.string(),
    name: name.unwrap(),
    labels: labels.unwrap(),
    note: note.unwrap(),
    owner: z.union([ownerSchema, z.null()]).meta({ description: "Who created it; null when that is not recorded." }),
    client: orNull(z.string(), "The program that created it, from User-Agent."),
    created: epochSeconds.meta({ description: "When it was created, in epoch seconds." }),
  })
  .meta({ id: "WorkflowAnnotations", description: "What people write about a workflow, and who created it." });

/** Routes about what people write about workflows. */
export function annotationRoutes(wms: Wms): Route[] {
  const read = async (text: string): Promise<string> => {
    const { id, record } = await requireWorkflow(wms, text);
    const { creator, annotations } = originOf(record);
    return JSON.stringify({
      workflow_id: id,
      ...annotations,
      owner: creator === undefined ? null : { subject: creator.subject, name: creator.name },
      client: creator?.client ?? null,
      created: workflowAsCreated(record).timestamp,
    });
  };
  return [
    route({
      method: "get",
      path: "/v1/workflows/{workflow_id}/annotations",
      tag: "workflows",
      roles: ["user", "operator", "viewer"],
      isExtension: true,
      description: "Returns the name, labels and note of a workflow, and who created it.",
      responses: { 200: { description: "The annotations.", schema: shownAnnotationsSchema } },
      errors: [404],
      handle: ({ params }) => read(params.workflow_id),
    }),
    route({
      method: "put",
      path: "/v1/workflows/{workflow_id}/annotations",
      tag: "workflows",
      roles: ["user", "operator"],
      isExtension: true,
      description: "Replaces the name, labels and note of a workflow. Those that the body lacks are removed.",
      body: { schema: annotationsSchema, required: true },
      responses: { 200: { description: "The new annotations.", schema: shownAnnotationsSchema } },
      errors: [404],
      async handle({ params: { workflow_id: id }, body, caller }) {
        await requireOwnership(wms, id, caller);
        if (!isWorkflowId(id) || !(await wms.store.annotations.replace(id, body)))
          throw await entityNotFound(wms, "workflow", id);
        return read(id);
      },
    }),
  ];
}
