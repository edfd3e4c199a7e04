import { z } from "zod";
import type { WorkflowId } from "./ids.js";

/**
 * A message queue of the MQS. Only the fields that this service uses are required: the TMS gets all fields as the MQS sent
 * them.
 */
export const mqProfileSchema = z.looseObject({
  mqid: z.string(),
  alias: z.string(),
  /** False until the queue is open. */
  is_activated: z.boolean().optional(),
});

/** @see mqProfileSchema */
export type MqProfile = z.infer<typeof mqProfileSchema>;

/** A queue of the embedded MQS, with all fields of an MQS. */
export const embeddedProfileSchema = mqProfileSchema.extend({
  workflow_id: z.string(),
  timestamp: z.number(),
  is_public: z.boolean(),
  is_activated: z.boolean(),
  auth_token: z.string().nullable(),
  broker_type: z.string().nullable(),
  broker_address: z.string().nullable(),
});

/** @see embeddedProfileSchema */
export type EmbeddedProfile = z.infer<typeof embeddedProfileSchema>;

/** A message queue service. `mqs/` has a client over HTTP and an embedded one on Redis. */
export interface Mqs {
  /**
   * Reserves one queue for each alias. Idempotent: a repeated call returns the earlier reservation.
   *
   * @returns the profiles, one for each alias, in any order
   * @throws WmsError `upstream-refused` after a 4xx, `unavailable` after a 5xx, a time-out or no connection
   */
  reserve(workflow: WorkflowId, aliases: readonly string[], publicAliases: readonly string[]): Promise<MqProfile[]>;
  /**
   * Activates the reserved queues. Idempotent.
   *
   * @returns the activated profiles, or `try-again-later`
   * @throws WmsError as {@link reserve}
   */
  activate(workflow: WorkflowId, priority: number): Promise<MqProfile[] | "try-again-later">;
  /** Fetches a profile by its id. @throws WmsError as {@link reserve} */
  profile(mqid: string): Promise<MqProfile>;
}
