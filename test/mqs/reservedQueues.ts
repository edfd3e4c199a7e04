import type { MqProfile } from "../../src/domain/mqProfile.js";

/** A status and a JSON body. */
export interface JsonAnswer {
  code: number;
  body: unknown;
}

/** What an MQS remembers, and what it answers when all is well. */
export class ReservedQueues {
  /** Workflow → alias → profile. */
  readonly #groups = new Map<string, Map<string, MqProfile>>();

  reserve(workflow: string, aliases: readonly string[], publicAliases: readonly string[]): JsonAnswer {
    const group = this.#groups.get(workflow) ?? new Map<string, MqProfile>();
    this.#groups.set(workflow, group);
    for (const alias of aliases)
      if (!group.has(alias)) {
        const mqid = `MQ-${workflow.slice(3)}-${group.size}`;
        group.set(alias, newProfile(mqid, workflow, alias, publicAliases.includes(alias)));
      }
    return shown(workflow, group);
  }

  activate(workflow: string): JsonAnswer {
    const group = this.#groups.get(workflow);
    if (group === undefined) return missing(`no mq-group found for workflow: ${workflow}`);
    for (const profile of group.values())
      Object.assign(profile, {
        is_activated: true,
        auth_token: `token-of-${profile.mqid}`,
        broker_type: "rabbitmq",
        broker_address: "broker.example.org:5672",
      });
    return shown(workflow, group);
  }

  profile(mqid: string): JsonAnswer {
    const all = [...this.#groups.values()].flatMap((group) => [...group.values()]);
    const profile = all.find((candidate) => candidate.mqid === mqid);
    return profile === undefined
      ? missing(`no mq-profile found with id: ${mqid}`)
      : { code: 200, body: profile };
  }

  /** The workflow that a queue was reserved for. */
  workflowOf(mqid: string): string | undefined {
    const found = [...this.#groups].find(([, group]) =>
      [...group.values()].some((profile) => profile.mqid === mqid),
    );
    return found?.[0];
  }
}

const missing = (error: string): JsonAnswer => ({ code: 404, body: { code: 404, error } });

const shown = (workflow: string, group: ReadonlyMap<string, MqProfile>): JsonAnswer => ({
  code: 200,
  body: { mqgroup: { mqgroup_id: `MQG-${workflow.slice(3)}` }, mqprofiles: [...group.values()] },
});

const newProfile = (mqid: string, workflow: string, alias: string, isPublic: boolean): MqProfile => ({
  mqid,
  workflow_id: workflow,
  timestamp: Date.now() / 1000,
  alias,
  is_public: isPublic,
  is_activated: false,
  auth_token: null,
  broker_type: null,
  broker_address: null,
});
