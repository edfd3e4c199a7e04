import { z } from "zod";
import { type Annotations, labelsSchema, NO_ANNOTATIONS, nameSchema, parseLabels } from "../../domain/annotations.js";

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** A header in UTF-8. Node decodes headers as Latin-1, in which some clients send them. */
const utf8Header = z.string().transform((text) => {
  try {
    return utf8.decode(Buffer.from(text, "latin1"));
  } catch {
    return text;
  }
});

/** The headers of a creation that annotate the new workflow, so that the body is that of the v1 API. */
export const annotationHeadersSchema = z.object({
  "ewms-name": utf8Header
    .pipe(nameSchema)
    .optional()
    .meta({ description: "The name of the workflow, in UTF-8. An extension." }),
  "ewms-labels": utf8Header
    .transform((text, context) => {
      const parsed = parseLabels(text);
      if ("labels" in parsed) return parsed.labels;
      context.addIssue({ code: "custom", message: parsed.reason });
      return z.NEVER;
    })
    .pipe(labelsSchema)
    .optional()
    .meta({ description: "Labels of the workflow, in UTF-8: `season=IC86, mc=22345`. An extension." }),
});

/** The annotations in the headers of a creation. */
export const annotationsFromHeaders = (headers: z.output<typeof annotationHeadersSchema>): Annotations => ({
  ...NO_ANNOTATIONS,
  name: headers["ewms-name"] ?? null,
  labels: headers["ewms-labels"] ?? {},
});
