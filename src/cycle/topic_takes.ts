import type { Topic } from "../chain/client.ts";
import { PipelineError } from "../errors.ts";
import type { LabelValue, Submission } from "../ledger/submission.ts";
import type { TopicSettings } from "../settings.ts";
import { failureOf } from "./run.ts";
import type { Session } from "./session.ts";

export interface Candidate {
  readonly topic: TopicSettings;
  readonly nonce: bigint;
  readonly basePrice: number;
  /** What would be signed. */
  readonly texts: Pick<Submission, "value" | "labels">;
}

/**
 * Throws "config" when the topic does not take what is about to be signed: a message that the chain
 * refuses in a block costs its fee, and a number of the wrong kind costs the score. Compared are the
 * topic's own rules (chain: x/emissions/types/validations.go), which do not change while a window is
 * open, and the size of what the network said last.
 */
export async function assertTopicTakes(session: Session, candidate: Candidate): Promise<void> {
  const { chain } = session;
  const { topic: { topicId }, nonce, texts } = candidate;
  const onChain = await chain.topic(topicId);
  if (onChain === undefined) throw unfit(topicId, "the chain has no such topic", "TOPIC");
  if ((onChain.arity === "multi") !== (texts.labels !== null)) {
    const takes = onChain.arity === "multi" ? "a value for each label" : "a single number";
    throw unfit(topicId, `it takes ${takes}`, "TARGET");
  }
  if (texts.labels !== null) return assertLabels(onChain, texts.labels);
  assertScale(candidate, await networkValue(session, topicId, nonce - onChain.epochLength));
}

/** What the network said at an epoch; NaN where no node can tell, which is no reason to stay silent. */
async function networkValue({ chain, run }: Session, topicId: bigint, nonce: bigint) {
  try {
    return Number((await chain.networkInferenceAt(topicId, nonce))?.[0]?.value ?? NaN);
  } catch (thrown) {
    run.tell("endpoint.failed", { url: chain.url, error: failureOf(run, thrown).message });
    return NaN;
  }
}

/** No network says a log-return or a volatility of this size; prices do. */
const LARGEST_RETURN = 50;
/** And none that forecasts a price is this far below it; returns and volatilities are. */
const SMALLEST_OF_PRICE = 0.01;

function assertScale({ topic, basePrice }: Candidate, network: number): void {
  const size = Math.abs(network);
  if (!(size > 0)) return;
  const isPrice = topic.target === "price";
  if (isPrice ? size > SMALLEST_OF_PRICE * basePrice : size <= LARGEST_RETURN) return;
  throw unfit(
    topic.topicId,
    `its network said ${network} last, which is no ${topic.target} of ${topic.pair}`,
    "TARGET",
  );
}

function assertLabels(topic: Topic, labels: readonly LabelValue[]): void {
  const { id, maxLabels, labelWhitelist, labelCaseSensitive, labelDefault } = topic;
  const canonical = (label: string) => {
    const text = label.normalize("NFC").trim();
    return labelCaseSensitive ? text : text.toLowerCase();
  };
  const allowed = labelWhitelist.map(canonical);
  const names = labels.map(({ label }) => canonical(label));
  const stranger = names.find((name) => allowed.length > 0 && !allowed.includes(name));
  if (stranger !== undefined) {
    throw unfit(id, `it has no label "${stranger}", only ${labelWhitelist.join(", ")}`, "LABELS");
  }
  if (new Set(names).size !== names.length) throw unfit(id, "two labels are the same", "LABELS");
  if (names.length > maxLabels) {
    throw unfit(id, `it takes ${maxLabels} labels, not ${names.length}`, "LABELS");
  }
  if (labels.every(({ value }) => Number(value) === Number(labelDefault))) {
    throw unfit(id, `every label has the default value ${labelDefault}`, "LABELS");
  }
  assertUnity(topic, labels);
}

/** Probabilities have so few decimals that their sum in units of the last one is exact. */
const UNIT = 1e12;

function assertUnity(topic: Topic, labels: readonly LabelValue[]): void {
  if (!topic.requireUnity) return;
  const sum = labels.reduce((total, { value }) => total + Math.round(Number(value) * UNIT), 0);
  const off = Math.abs(sum - UNIT) / UNIT;
  if (off <= Number(topic.unityTolerance)) return;
  const found = `the labels sum to ${sum / UNIT}, more than ${topic.unityTolerance} away from 1`;
  throw unfit(topic.id, found, "LABELS");
}

function unfit(topicId: bigint, what: string, setting: string): PipelineError {
  const hint = setting === "TOPIC"
    ? "check the topic's id against the topics of this chain"
    : `correct ALLORA_${setting} in the topic's file; nothing was spent`;
  return new PipelineError("config", `Cannot submit to topic ${topicId}: ${what}`, { hint });
}
