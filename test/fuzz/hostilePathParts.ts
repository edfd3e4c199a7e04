import fc from "fast-check";
import { INJECTED, oddText } from "./hostileValues.js";

const MISSING_IDS = [
  "WF-6b059f3f-993f4bc7",
  "TK-6b059f3f-993f4bc7-d763433c",
  "TF-6b059f3f-993f4bc7-d763433c-2712506e",
  "WF-0-00000000",
  "TF-ffffffffffffffffffffffffffffffffff-00000000-00000000-00000000",
];

/** Unusual parts of a path or query, some of which do not decode to text. */
export const oddPart: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...MISSING_IDS),
  fc.constantFrom(
    "%",
    "%zz",
    "%f",
    "%ff",
    "%C3",
    "%c0%af",
    "%00",
    "%2e%2e",
    "..%2f..%2f",
    "%252e",
    "%E2%80%AE",
    "%ED%A0%80",
    "%F4%90%80%80",
    `%0d%0a${INJECTED}:%201`,
    `%0d%0a%0d%0a${INJECTED}:1`,
    "%3Cscript%3E",
    "a;b=c",
    "a%2Fb",
    "__proto__",
    "constructor",
    ":schedd",
    "*",
    "{workflow_id}",
    "x".repeat(3000),
    "%F0%9F%98%80".repeat(500),
    "\xe9",
    "\x80\xff",
    "é",
  ),
  oddText.map(encodeURIComponent),
);
