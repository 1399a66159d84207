import type { CheckResult } from "../../health/check.ts";
import { edit } from "../../health/cure.ts";
import { span } from "../../health/words.ts";
import { rootFor, shellQuote } from "../../settings/file_error.ts";
import { type Examined, needsDaemon, ofTopics, type TopicFacts, topicFile } from "./examined.ts";
import { saidOf } from "./topic_metadata.ts";
import { type Units, unitsOf } from "./unit_files.ts";

/** Whether each topic is what its settings say, and what it needs to be met in time. */
export async function topics(examined: Examined): Promise<readonly CheckResult[]> {
  const units = unitsOf(examined.root);
  return await ofTopics(examined, "topic", (facts) => look(facts, examined, units));
}

function look(facts: TopicFacts, examined: Examined, units: Units): readonly CheckResult[] {
  const { topic: { topicId }, onChain, window } = facts;
  const what = { id: "chain's view", topicId };
  if (onChain === undefined || window === undefined) {
    const message = `${examined.settings.chainId} has no such topic`;
    const file = topicFile(examined, topicId);
    const fix = `${rootFor(file)}rm ${shellQuote(file)}`;
    return [{ ...what, status: "CRITICAL", message, fix }];
  }
  const active: CheckResult = window.isActive
    ? { ...what, status: "OK", message: `"${onChain.metadata}", active` }
    : {
      ...{ ...what, status: "WARNING", fix: "allora-pipeline status" },
      message: `"${onChain.metadata}" is not active: it opens no windows until it is funded`,
    };
  return [active, schedule(facts, units), ...mismatches(facts, examined)];
}

function schedule(facts: TopicFacts, { enabled }: Units): CheckResult {
  const { topic: { topicId }, onChain, blockMs } = facts;
  const words = (blocks = 0n) => `${blocks} blocks (about ${span(Number(blocks) * blockMs)})`;
  const lengths = `epoch ${words(onChain?.epochLength)}, window ${
    words(onChain?.submissionWindow)
  }`;
  const what = { id: "schedule", topicId };
  if (!needsDaemon(facts)) {
    return {
      ...what,
      status: "OK",
      message: `${lengths}: the timer is enough, the daemon is quicker`,
    };
  }
  const isOnTimer = enabled.submitTimers.length > 0 && !enabled.daemon;
  return {
    ...{ ...what, status: isOnTimer ? "CRITICAL" : "OK" },
    message: `${lengths}: it needs the daemon${isOnTimer ? ", and the timer is enabled" : ""}`,
    ...isOnTimer
      ? {
        fix: `sudo systemctl disable --now ${enabled.submitTimers.join(" ")} && ` +
          "sudo systemctl enable --now allora-pipeline-daemon.service",
      }
      : {},
  };
}

/** Where the topic's description, as far as it can be read, and the settings differ. */
function mismatches({ topic, onChain }: TopicFacts, examined: Examined): readonly CheckResult[] {
  if (onChain === undefined) return [];
  const said = saidOf(onChain);
  const differ = [
    ...said.pair !== undefined && said.pair !== topic.pair
      ? [`ALLORA_PAIR is ${topic.pair}, the topic says ${said.pair}`]
      : [],
    ...said.horizonMs !== undefined && said.horizonMs !== topic.horizonMs
      ? [`ALLORA_HORIZON is ${span(topic.horizonMs)}, the topic says ${span(said.horizonMs)}`]
      : [],
    ...said.target !== undefined && said.target !== topic.target
      ? [`ALLORA_TARGET is ${topic.target}, the topic says ${said.target}`]
      : [],
  ];
  const what = { id: "settings", topicId: topic.topicId };
  if (differ.length > 0) {
    const fix = edit(topicFile(examined, topic.topicId), "let it say what the topic says");
    return [{ ...what, status: "WARNING", message: differ.join("; "), fix }];
  }
  const told = Object.values(said).some((value) => value !== undefined);
  return told ? [{ ...what, status: "OK", message: "they are what the topic says of itself" }] : [];
}
