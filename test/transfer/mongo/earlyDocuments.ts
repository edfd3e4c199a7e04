import { createHash } from "node:crypto";
import { makeDocuments, type StoredDocuments } from "./mongoDocuments.js";

const ID_PATTERN = /\b(?:WF|TK|TF)(?:-[0-9a-f]{8}){2,4}\b/g;
const toEarlyId = (id: string): string => createHash("md5").update(id).digest("hex");

/** Documents as of {@link makeDocuments}, with the ids of early versions of the existing service: 32 hexadecimal digits. */
export const makeEarlyDocuments = (...parameters: Parameters<typeof makeDocuments>): StoredDocuments =>
  JSON.parse(JSON.stringify(makeDocuments(...parameters)).replace(ID_PATTERN, toEarlyId)) as StoredDocuments;
