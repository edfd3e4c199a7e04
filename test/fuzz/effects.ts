import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { namesEntity } from "./createdEntities.js";
import type { Draft } from "./draft.js";
import type { RequestSchemas } from "./draftArbitrary.js";
import { treeText } from "./jsonTree.js";
import type { RawResponse } from "./rawConnection.js";

/** POST requests that only read. */
const READ_ONLY_POST = /^POST \/v1\/query\//;
/** GET requests that change data. */
const LEASING_GET = /^GET \/v1\/tms\/pending-/;

/**
 * Predicts whether a request changes data, so that requests without an effect are sent separately. After a wrong
 * prediction the store is not compared.
 */
export function predictEffects({ paths, components }: RequestSchemas): (draft: Draft) => boolean {
  const ajv = new Ajv2020({ strict: false });
  const bodies = new Map<string, ValidateFunction>();
  for (const [template, operations] of Object.entries(paths))
    for (const [method, { requestBody }] of Object.entries(operations)) {
      const schema = Object.values(requestBody?.content ?? {})[0]?.schema;
      if (schema !== undefined)
        bodies.set(`${method.toUpperCase()} ${template}`, ajv.compile({ ...schema, components }));
    }
  return (draft) => {
    const { route, method, target, body } = draft;
    if (LEASING_GET.test(route)) return method !== "POST" && hasOneSchedd(target);
    if (!["POST", "PUT"].includes(method) || READ_ONLY_POST.test(route)) return false;
    if (route.includes("{") && !namesEntity(target)) return false;
    const accepts = bodies.get(route);
    if (accepts === undefined || body === undefined) return true;
    try {
      return accepts(JSON.parse(treeText(body).trim() || "{}"));
    } catch {
      return false;
    }
  };
}

const hasOneSchedd = (target: string): boolean =>
  new URLSearchParams(target.slice(target.indexOf("?") + 1)).getAll("schedd").length === 1;

/** Whether a response shows that its request changed data. */
export function hasEffect({ route, method }: Draft, { status, body, text }: RawResponse): boolean {
  if (status >= 400) return false;
  if (LEASING_GET.test(route)) return text !== "{}";
  if (["GET", "HEAD", "OPTIONS"].includes(method) || READ_ONLY_POST.test(route)) return false;
  const { results } = (body ?? {}) as { results?: { status: string }[] };
  return results === undefined || results.some(({ status }) => status === "updated");
}
