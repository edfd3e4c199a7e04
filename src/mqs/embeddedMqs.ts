import { createHash } from "node:crypto";
import { nextEpochSeconds } from "../domain/clock.js";
import { isWorkflowId, type WorkflowId } from "../domain/ids.js";
import type { MqProfile, Mqs } from "../domain/mqProfile.js";
import { WmsError } from "../domain/wmsError.js";
import type { RedisClient } from "../redis/redisClient.js";

/** What a pilot needs to connect to the broker behind every queue of the embedded MQS. */
export interface Broker {
  /** As the pilot's libraries name it: `rabbitmq`. */
  type: string;
  /** Host and port. */
  address: string;
  authToken: string;
}

/** An {@link Mqs} that also answers what users ask an MQS for. */
export interface EmbeddedMqs extends Mqs {
  /**
   * The queues that users may connect their own programs to, oldest first.
   *
   * @param workflowId text of any origin
   * @returns null when no queues were ever reserved for such a workflow
   */
  publicProfiles(workflowId: string): Promise<MqProfile[] | null>;
}

/** The part of a profile that reservation settles for good. */
type Reservation = Pick<MqProfile, "alias" | "is_public" | "timestamp">;
/** The part of a profile that the whole group has in common. */
type Activation = Pick<MqProfile, "is_activated" | "auth_token" | "broker_type" | "broker_address">;

const NOT_ACTIVATED: Activation = {
  is_activated: false,
  auth_token: null,
  broker_type: null,
  broker_address: null,
};

/** The hash of what a workflow's queues have in common: `mqgroup` (their group's id), and `activation` (JSON) once open. */
const groupKey = (workflow: WorkflowId): string => `mqs:{${workflow}}:group`;
/** The hash mqid → reservation, as JSON. */
const reservationsKey = (workflow: WorkflowId): string => `mqs:{${workflow}}:reservations`;

const MQID = /^MQ-([0-9a-f]+-[0-9a-f]{8})-[0-9a-f]{16}$/;

/**
 * The id of an alias's queue, computed from both, so that all who reserve it at the same time mean the same queue. It
 * carries the workflow's id, as all ids do; 16 digits, as no two aliases of a workflow may share one.
 */
function createMqid(workflow: WorkflowId, alias: string): string {
  // As JSON text, where halves of surrogate pairs stay different.
  const digest = createHash("sha256").update(JSON.stringify(alias)).digest("hex");
  return `MQ-${workflow.slice(3)}-${digest.slice(0, 16)}`;
}

/**
 * An MQS for deployments that have none (`MQS_ADDRESS` unset). All queues live on one broker, which makes a queue when a
 * program first uses it, so nothing has to be set up there: reservation only settles ids, activation is immediate, and
 * the priority has no effect. Whatever is written first stays, and so every call is idempotent.
 *
 * @param options.broker what the profiles of queues that are activated from now on hold
 */
export function createEmbeddedMqs({ redis, broker }: { redis: RedisClient; broker: Broker }): EmbeddedMqs {
  return {
    async reserve(workflow, aliases, publicAliases) {
      const reservations = createReservations(workflow, aliases, publicAliases);
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

function createReservations(
  workflow: WorkflowId,
  aliases: readonly string[],
  publicAliases: readonly string[],
): Map<string, Reservation> {
  const publicAliasSet = new Set(publicAliases);
  return new Map(
    aliases.map((alias) => [
      createMqid(workflow, alias),
      { alias, is_public: publicAliasSet.has(alias), timestamp: nextEpochSeconds() },
    ]),
  );
}

/** The profiles of those queues that are reserved, in the order of the ids. */
async function readProfiles(redis: RedisClient, workflow: WorkflowId, mqids: readonly string[]): Promise<MqProfile[]> {
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

/** What an MQS elsewhere would answer with a 404. */
const notFoundUpstream = (reason: string): WmsError => new WmsError("upstream-refused", `the MQS refused: ${reason}`);
