import { RE2JS } from "re2js";
import { z } from "zod";
import type { Role } from "./caller.js";

/** A condition for a role: the pattern matches a whole value of the token's claim. */
export interface ClaimRule {
  /** Name of the claim; dots separate nested names, as in `realm_access.roles`. */
  claim: string;
  pattern: RE2JS;
}

/** The rules of each role; one matching rule is enough. */
export type RoleRules = Readonly<Record<Role, readonly ClaimRule[]>>;

/** Parses `claim=regex` expressions, separated by blanks. A blank in an expression is written `\s`. */
export const claimRulesSchema = z.string().transform((text, context): ClaimRule[] => {
  const rules: ClaimRule[] = [];
  for (const expression of text.split(/\s+/).filter((part) => part !== "")) {
    const rule = parseRule(expression);
    if (typeof rule === "string") {
      context.addIssue({ code: "custom", message: `${expression}: ${rule}` });
      return z.NEVER;
    }
    rules.push(rule);
  }
  return rules;
});

/** @returns the rule, or an error message */
function parseRule(expression: string): ClaimRule | string {
  const [, claim, regex] = /^([^=]+)=(.+)$/.exec(expression) ?? [];
  if (claim === undefined || regex === undefined) return "expected claim=regex";
  try {
    return { claim, pattern: RE2JS.compile(regex) };
  } catch (error) {
    return (error as Error).message;
  }
}

/** Returns the roles of a token's claims. */
export function rolesOf(claims: object, rules: RoleRules): Set<Role> {
  const roles = Object.keys(rules) as Role[];
  return new Set(roles.filter((role) => rules[role].some((rule) => ruleMatches(rule, claims))));
}

/** Returns the values of a token's claims that match a rule, each once. */
export const matchingValues = (claims: object, rules: readonly ClaimRule[]): string[] => [
  ...new Set(
    rules.flatMap(({ claim, pattern }) => claimTextsOf(claimAt(claims, claim)).filter((text) => pattern.matches(text))),
  ),
];

const ruleMatches = ({ claim, pattern }: ClaimRule, claims: object): boolean =>
  claimTextsOf(claimAt(claims, claim)).some((text) => pattern.matches(text));

/** Finds a claim by its name. Names may contain dots, for example as URLs, so longer names are tried first. */
function claimAt(claims: unknown, name: string): unknown {
  if (typeof claims !== "object" || claims === null) return undefined;
  if (Object.hasOwn(claims, name)) return (claims as Record<string, unknown>)[name];
  for (let dot = name.lastIndexOf("."); dot > 0; dot = name.lastIndexOf(".", dot - 1)) {
    const outer = name.slice(0, dot);
    if (!Object.hasOwn(claims, outer)) continue;
    const found = claimAt((claims as Record<string, unknown>)[outer], name.slice(dot + 1));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Returns the values of a claim as texts: one for a scalar, one for each member of a list. */
function claimTextsOf(claim: unknown): string[] {
  const members: unknown[] = Array.isArray(claim) ? claim : [claim];
  return members.flatMap((member) =>
    typeof member === "string" || typeof member === "number" || typeof member === "boolean" ? [String(member)] : [],
  );
}
