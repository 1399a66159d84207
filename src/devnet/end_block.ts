import { type Accounts, MODULE } from "./accounts.ts";
import { TOPICS_REWARD } from "./block_events.ts";
import type { Event, Truth } from "./chain_types.ts";
import { emissionsEvent, tagged } from "./events.ts";
import { settle } from "./scores.ts";
import type { Topic } from "./topics.ts";

/**
 * What the emissions module does at the end of a block: windows close and open, epochs that are due
 * are settled and paid. The topics share the emission alike.
 */
export function endEmissionsBlock(
  topics: ReadonlyMap<number, Topic>,
  chain: {
    readonly height: number;
    readonly generation: number;
    readonly accounts: Accounts;
    readonly truth: Truth | undefined;
    timeOf(height: number): number;
  },
): Event[] {
  const { height, generation, accounts } = chain;
  const rewardOf = ({ spec }: Topic) =>
    TOPICS_REWARD * BigInt(spec.epochLength) / BigInt(topics.size);
  const events: Event[] = [];
  let opened = false;
  for (const topic of topics.values()) {
    const ended = topic.endBlock(height, generation);
    if (ended.length > 0) events.push(...ended);
    opened ||= topic.open?.nonce === height;
  }
  for (const topic of topics.values()) {
    for (const epoch of topic.dueEpochs(height)) {
      const nonceMs = chain.timeOf(epoch.nonce);
      const settled = settle(topic, epoch, { ...chain, nonceMs, reward: rewardOf(topic) });
      for (const [worker, uallo] of settled.payments) {
        accounts.transfer(MODULE.rewards, topic.owners.get(worker) ?? worker, uallo);
      }
      events.push(...settled.events);
    }
  }
  if (opened) {
    const all = [...topics.values()];
    events.push(emissionsEvent(generation, "TopicRewardsSet", {
      topic_ids: all.map(({ id }) => id),
      rewards: all.map(rewardOf),
    }));
  }
  return events.map((event) => tagged(event, "mode", "EndBlock"));
}
