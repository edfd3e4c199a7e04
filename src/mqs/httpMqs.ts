import { z } from "zod";
import { showEarlyIds } from "../domain/earlyIds.js";
import { type MqProfile, type Mqs, mqProfileSchema } from "../domain/mqProfile.js";
import { MqsConnection, type MqsConnectionOptions } from "./mqsConnection.js";

const groupSchema = z.looseObject({ mqprofiles: z.array(mqProfileSchema) });

const TRY_AGAIN_LATER = "try-again-later" as const;
const activationSchema = z.union([
  z.looseObject({ try_again_later: z.literal(true) }).transform(() => TRY_AGAIN_LATER),
  // With a queue that is not open yet, the pilot would fail on every worker of its cluster.
  groupSchema.transform(({ mqprofiles }) => (areAllActivated(mqprofiles) ? mqprofiles : TRY_AGAIN_LATER)),
]);

/** Creates the client of a remote MQS. @param warmUp whether it requests a token at once */
export function createHttpMqs({ warmUp = false, ...options }: MqsConnectionOptions & { warmUp?: boolean }): Mqs {
  const connection = new MqsConnection(options);
  if (warmUp) void connection.warmUp();
  return {
    async reserve(workflow, aliases, publicAliases) {
      const path = ["workflows", showEarlyIds(workflow), "mq-group", "reservation"];
      const body = { queue_aliases: aliases, public: publicAliases };
      const shape = groupSchema.transform(({ mqprofiles }, context) => {
        const matched = matchProfilesToAliases(aliases, mqprofiles);
        if (matched === undefined) context.addIssue("not exactly one profile for each alias");
        return matched ?? z.NEVER;
      });
      return connection.request({ purpose: "reserve the message queues", path, body }, shape);
    },

    async activate(workflow, priority) {
      const path = ["workflows", showEarlyIds(workflow), "mq-group", "activation"];
      const body = { criteria: { priority } };
      return connection.request({ purpose: "activate the message queues", path, body }, activationSchema);
    },

    async profile(mqid) {
      const shape = mqProfileSchema.refine((profile) => profile.mqid === mqid, "the profile of another queue");
      return connection.request({ purpose: "show a message queue", path: ["mq-profiles", mqid] }, shape);
    },
  };
}

const areAllActivated = (profiles: readonly MqProfile[]): boolean =>
  profiles.length > 0 && profiles.every(({ is_activated }) => is_activated !== false);

/**
 * Returns the profile of each alias, in the order of the aliases; undefined unless every alias has exactly one. Ignores
 * the profiles of other aliases, because an MQS may return the whole group.
 */
function matchProfilesToAliases(aliases: readonly string[], profiles: readonly MqProfile[]): MqProfile[] | undefined {
  const requestedAliases = new Set(aliases);
  const matching = profiles.filter(({ alias }) => requestedAliases.has(alias));
  const byAlias = new Map(matching.map((profile) => [profile.alias, profile]));
  if (matching.length !== requestedAliases.size || byAlias.size !== requestedAliases.size) return undefined;
  return aliases.flatMap((alias) => byAlias.get(alias) ?? []);
}
