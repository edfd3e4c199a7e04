import { RE2JS } from "re2js";
import { z } from "zod";
import type { Role } from "./caller.js";

/** One way to have a role: a claim of the token has a value that the pattern matches from end to end. */
export interface ClaimRule {
  /** A name; dots lead into nested claims, as in `realm_access.roles`. */
  claim: string;
  pattern: RE2JS;
}

/** Who has which role. */
export type RoleRules = Readonly<Record<Role, readonly ClaimRule[]>>;

/** `claim=regex` expressions with blanks between them; a blank within one is written `\s`. */
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

/** @returns the rule, or what is wrong with it */
function parseRule(expression: string): ClaimRule | string {
  const [, claim, regex] = /^([^=]+)=(.+)$/.exec(expression) ?? [];
  if (claim === undefined || regex === undefined) return "expected claim=regex";
  try {
    return { claim, pattern: RE2JS.compile(regex) };
  } catch (error) {
    return (error as Error).message;
  }
}

/** The roles that a token's claims give. */
export function rolesOf(claims: object, rules: RoleRules): Set<Role> {
  const roles = Object.keys(rules) as Role[];
  return new Set(roles.filter((role) => rules[role].some((rule) => ruleMatches(rule, claims))));
}

const ruleMatches = ({ claim, pattern }: ClaimRule, claims: object): boolean =>
  claimTextsOf(claimAt(claims, claim)).some((text) => pattern.matches(text));

/** A claim by its name. Dots may also be part of names, as they are where a name is a URL: the longest name goes first. */
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

/** What a pattern can be held against: a list's members one by one. */
function claimTextsOf(claim: unknown): string[] {
  const members: unknown[] = Array.isArray(claim) ? claim : [claim];
  return members.flatMap((member) =>
    typeof member === "string" || typeof member === "number" || typeof member === "boolean" ? [String(member)] : [],
  );
}
