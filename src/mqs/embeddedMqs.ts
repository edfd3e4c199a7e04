import { nextEpochSeconds } from "../domain/clock.js";
import { isWorkflowId, type WorkflowId } from "../domain/ids.js";
import type { EmbeddedProfile, Mqs } from "../domain/mqProfile.js";
import { sha256Hex } from "../domain/sha256.js";
import { WmsError } from "../domain/wmsError.js";
import type { RedisClient } from "../redis/redisClient.js";

/** The broker of the embedded MQS, which holds every queue. */
export interface Broker {
  /** The type by the name that the pilot's libraries use, such as `rabbitmq`. */
  type: string;
  /** Host and port. */
  address: string;
  authToken: string;
}

/** An {@link Mqs} that also serves the routes of an MQS for users. */
export interface EmbeddedMqs extends Mqs {
  /**
   * Lists the public queues of a workflow, the oldest first.
   *
   * @param workflowId any text; no id is assumed
   * @returns null when the workflow has no reserved queues
   */
  publicProfiles(workflowId: string): Promise<EmbeddedProfile[] | null>;
}

/** The part of a profile that never changes after the reservation. */
type Reservation = Pick<EmbeddedProfile, "alias" | "is_public" | "timestamp">;
/** The part of a profile that all queues of a workflow share. */
type Activation = Pick<EmbeddedProfile, "is_activated" | "auth_token" | "broker_type" | "broker_address">;

const NOT_ACTIVATED: Activation = { is_activated: false, auth_token: null, broker_type: null, broker_address: null };

/** The hash of a workflow's group of queues: `mqgroup` (its id), and `activation` (JSON) after the activation. */
const groupKey = (workflow: WorkflowId): string => `mqs:{${workflow}}:group`;
/** The hash of a workflow's reservations: mqid → JSON. */
const reservationsKey = (workflow: WorkflowId): string => `mqs:{${workflow}}:reservations`;

const MQID = /^MQ-([0-9a-f]+-[0-9a-f]{8})-[0-9a-f]{16}$/;

/**
 * Computes a queue's id from the workflow and the alias, so that concurrent reservations yield the same queue. 16
 * digits of the digest keep two aliases of a workflow apart.
 */
function createMqid(workflow: WorkflowId, alias: string): string {
  // JSON text keeps lone surrogates apart, which UTF-8 would not.
  const digest = sha256Hex(JSON.stringify(alias));
  return `MQ-${workflow.slice(3)}-${digest.slice(0, 16)}`;
}

/**
 * Creates an MQS for deployments without one (`MQS_ADDRESS` unset). All queues are on one broker, which creates a queue
 * on its first use. So a reservation only stores ids, activation is immediate, and the priority has no effect. The
 * first write of each field stays, which makes every call idempotent.
 *
 * @param options.broker the broker in the profiles of queues that are activated from now on
 */
export function createEmbeddedMqs({ redis, broker }: { redis: RedisClient; broker: Broker }): EmbeddedMqs {
  return {
    async reserve(workflow, aliases, publicAliases) {
      const publicAliasSet = new Set(publicAliases);
      const reservations = new Map(
        aliases.map((alias): [string, Reservation] => [
          createMqid(workflow, alias),
          { alias, is_public: publicAliasSet.has(alias), timestamp: nextEpochSeconds() },
        ]),
      );
      const multi = redis.multi().hsetnx(groupKey(workflow), "mqgroup", `MQG-${workflow.slice(3)}`);
      for (const [mqid, reservation] of reservations)
        multi.hsetnx(reservationsKey(workflow), mqid, JSON.stringify(reservation));
      await multi.exec();
      return readProfiles(redis, workflow, [...reservations.keys()]);
    },

    async activate(workflow) {
      const mqids = await redis.hkeys(reservationsKey(workflow));
      if (mqids.length === 0) throw notFoundUpstream(`no message queues are reserved for workflow ${workflow}`);
      const activation: Activation = {
        is_activated: true,
        auth_token: broker.authToken,
        broker_type: broker.type,
        broker_address: broker.address,
      };
      await redis.hsetnx(groupKey(workflow), "activation", JSON.stringify(activation));
      return readProfiles(redis, workflow, mqids);
    },

    async profile(mqid) {
      const workflow = `WF-${MQID.exec(mqid)?.[1]}`;
      const [profile] = isWorkflowId(workflow) ? await readProfiles(redis, workflow, [mqid]) : [];
      if (profile === undefined) throw notFoundUpstream(`no mq-profile found with id: ${mqid}`);
      return profile;
    },

    async publicProfiles(workflowId) {
      if (!isWorkflowId(workflowId) || (await redis.exists(groupKey(workflowId))) === 0) return null;
      const all = await readProfiles(redis, workflowId, await redis.hkeys(reservationsKey(workflowId)));
      return all.filter(({ is_public }) => is_public).sort((a, b) => a.timestamp - b.timestamp);
    },
  };
}

/** Reads the profiles of the reserved queues among these, in the order of the ids. */
async function readProfiles(
  redis: RedisClient,
  workflow: WorkflowId,
  mqids: readonly string[],
): Promise<EmbeddedProfile[]> {
  if (mqids.length === 0) return [];
  const [reservations, activated] = await Promise.all([
    redis.hmget(reservationsKey(workflow), ...mqids),
    redis.hget(groupKey(workflow), "activation"),
  ]);
  const activation: Activation = activated === null ? NOT_ACTIVATED : JSON.parse(activated);
  return mqids.flatMap((mqid, index) => {
    const reservation = reservations[index];
    if (reservation == null) return [];
    const { alias, is_public, timestamp } = JSON.parse(reservation) as Reservation;
    return [{ mqid, workflow_id: workflow, timestamp, alias, is_public, ...activation }];
  });
}

/** The error for which a remote MQS would answer 404. */
const notFoundUpstream = (reason: string): WmsError => new WmsError("upstream-refused", `the MQS refused: ${reason}`);
