import { list, text } from "../recordings/recording.ts";
import { comparable } from "./replay_masks.ts";

interface Untold {
  readonly events: RegExp;
  readonly reason: string;
}

/**
 * What follows from a state of which no recording tells, and no devnet can repeat. Of these events the
 * names of the attributes are compared, not the values.
 */
export const UNTOLD: readonly Untold[] = [
  {
    events: /\.EventTopicRewardsSet$/,
    reason: "a topic's share of the emission follows from its weight, thus from everybody's stake",
  },
  {
    events: /\.Event(NetworkLossSet|ReputerLastCommitSet|\w*Regret(Set)?|ForecastTaskScoreSet)$/,
    reason: "regrets follow from the losses of earlier epochs, and the devnet's reputers are one",
  },
  {
    events: /\.Event(ScoresSet|EMAScoresSet|TopicInitialEmaScoreSet|ListeningCoefficientsSet)$/,
    reason: "scores follow from the reputers' losses and stakes",
  },
  {
    events: /\.EventRewardsSettled$/,
    reason: "rewards follow from scores, stakes and the emission",
  },
];

export function isUntold(event: unknown): boolean {
  return UNTOLD.some(({ events }) => events.test(text(event, "type")));
}

/** Events to be equal to a node's: without values where nothing tells them. */
export function comparableEvents(events: readonly unknown[]): unknown {
  return events.map((event) => {
    if (!isUntold(event)) return comparable(event);
    return {
      type: text(event, "type"),
      names: list(event, "attributes").map((each) => text(each, "key")),
    };
  });
}
