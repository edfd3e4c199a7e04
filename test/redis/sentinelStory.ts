import { type LocalSentinels, startSentinels } from "../../scripts/redis/sentinels.js";
import { type Story, startStory } from "../stories/story.js";

/** A service whose Redis is watched by sentinels, with one replica. */
export interface SentinelStory {
  sentinels: LocalSentinels;
  story: Story;
  close(): Promise<void>;
}

/** Starts the servers, the sentinels and the service. */
export async function startSentinelStory(): Promise<SentinelStory> {
  const sentinels = await startSentinels();
  try {
    const story = await startStory({
      REDIS_SENTINELS: sentinels.addresses,
      REDIS_SENTINEL_NAME: sentinels.name,
      RECONCILE_SECONDS: "0.5",
    });
    const close = async () => {
      await story.close();
      await sentinels.stop();
    };
    return { sentinels, story, close };
  } catch (error) {
    await sentinels.stop();
    throw error;
  }
}
